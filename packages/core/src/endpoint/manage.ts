/** What its owner does with an endpoint. */
import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { HomingError } from "../error.ts";
import { canonicalJson } from "../json.ts";
import { headersByName } from "../message/request-hash.ts";
import { type Endpoint, type EndpointConfiguration, type EndpointState, MAX_ENDPOINTS } from "./endpoint.ts";
import { type EndpointChange, reconfigure, remove, rotate, setState } from "./endpoint-change.ts";
import { endpointIdForKey, newEndpointId } from "./endpoint-id.ts";
import { sealSecret } from "./endpoint-secret.ts";
import type { EndpointStore } from "./endpoint-store.ts";

export interface ManageDependencies {
  readonly endpoints: EndpointStore;
  readonly clock: Pick<Clock, "now">;
  readonly newToken: () => string;
  /** What secrets that are brought along are sealed under. */
  readonly signingMaster: string;
}

export interface CreateRequest {
  readonly senderId: string;
  readonly configuration: EndpointConfiguration;
  /** Brought along. */
  readonly secret?: string;
  readonly state: EndpointState;
  readonly idempotencyKey?: string;
}

export interface Creation {
  readonly endpoint: Endpoint;
  /** An earlier call with the same idempotency key had created it already. */
  readonly duplicate: boolean;
}

/** Changes that others keep coming before are given up after so many tries. */
const CHANGE_TRIES = 10;

/** @throws HomingError IDEMPOTENCY_KEY_REUSED, or CONFLICT with as many endpoints as there may be. */
export async function createEndpoint(deps: ManageDependencies, request: CreateRequest): Promise<Creation> {
  const { senderId, idempotencyKey } = request;
  const endpoint = newEndpoint(deps, request);
  const known =
    idempotencyKey === undefined ? undefined : await deps.endpoints.get(senderId, endpoint.endpointId);
  if (known === undefined) await refuseTooMany(deps, senderId);
  const { inserted, endpoint: stored } = await deps.endpoints.insert(endpoint);
  if (inserted) return { endpoint: stored, duplicate: false };
  if (stored.state === "DELETED")
    throw new HomingError("CONFLICT", "The endpoint of this idempotency key was deleted; use a new key.");
  if (stored.requestHash !== endpoint.requestHash)
    throw new HomingError(
      "IDEMPOTENCY_KEY_REUSED",
      "This idempotency key was used with another request; use a new key for a new endpoint.",
    );
  return { endpoint: stored, duplicate: true };
}

/** Calls at the same moment may each find room for one: the bounds keep a list short, they need not be exact. */
async function refuseTooMany({ endpoints }: ManageDependencies, senderId: string): Promise<void> {
  const known = await endpoints.listOf(senderId);
  const deleted = known.filter(({ state }) => state === "DELETED").length;
  const most = MAX_ENDPOINTS.toLocaleString("en");
  if (known.length - deleted >= MAX_ENDPOINTS)
    throw new HomingError("CONFLICT", `This sender has ${most} endpoints, which is the most; delete one.`);
  // Every event reads them too: whoever creates and deletes without end would make its sender's too much to read.
  if (deleted >= MAX_ENDPOINTS)
    throw new HomingError(
      "CONFLICT",
      `This sender has deleted ${most} endpoints within the last hour or so; try again later.`,
    );
}

function newEndpoint(deps: ManageDependencies, request: CreateRequest): Endpoint {
  const { senderId, configuration, secret, state, idempotencyKey } = request;
  const now = deps.clock.now();
  const endpointId =
    idempotencyKey === undefined ? newEndpointId(now) : endpointIdForKey(senderId, idempotencyKey);
  const owner = { senderId, endpointId };
  return {
    ...owner,
    ...configuration,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    requestHash: hashOf(request),
    ...(secret === undefined ? {} : { sealedSecret: sealSecret(deps.signingMaster, owner, secret) }),
    ...(configuration.rateLimit === undefined ? {} : { rateSince: now }),
    generation: 1,
    state,
    stateReason: "REQUESTED",
    stateSince: now,
    createdAt: now,
    updatedAt: now,
    revision: 1,
    writeId: deps.newToken(),
  };
}

/** Equal for two requests that mean the same after defaults. */
function hashOf({ senderId, configuration, secret, state }: CreateRequest): string {
  const { headers, ...rest } = configuration;
  const canonical = canonicalJson({ senderId, ...rest, headers: headersByName(headers), secret, state });
  return createHash("sha256").update(canonical).digest("base64url");
}

/**
 * `decide` is asked again with the endpoint as it has become if somebody else came before.
 *
 * @throws whatever `decide` throws, or HomingError CONFLICT.
 */
export async function configureEndpoint(
  deps: ManageDependencies,
  endpoint: Endpoint,
  decide: (current: Endpoint) => EndpointConfiguration,
): Promise<Endpoint> {
  return change(deps, endpoint, (current, occasion) => reconfigure(current, decide(current), occasion));
}

/** What is due when its turn comes meets the new state then; what was held, the reconciler releases or ends. */
export async function changeState(
  deps: ManageDependencies,
  endpoint: Endpoint,
  state: EndpointState,
): Promise<Endpoint> {
  return change(deps, endpoint, (current, occasion) => setState(current, state, "REQUESTED", occasion));
}

export async function deleteEndpoint(deps: ManageDependencies, endpoint: Endpoint): Promise<Endpoint> {
  return change(deps, endpoint, (current, occasion) =>
    current.state === "DELETED" ? undefined : remove(current, occasion),
  );
}

export interface Rotation {
  /** Brought along; absent: derived. */
  readonly secret?: string;
  /** For so long deliveries are signed with the present one as well. */
  readonly graceMs: number;
}

export async function rotateSecret(
  deps: ManageDependencies,
  endpoint: Endpoint,
  { secret, graceMs }: Rotation,
): Promise<Endpoint> {
  const sealed = secret === undefined ? undefined : sealSecret(deps.signingMaster, endpoint, secret);
  return change(deps, endpoint, (current, occasion) => rotate(current, graceMs, sealed, occasion));
}

type Decide = (
  current: Endpoint,
  occasion: { readonly now: number; readonly token: string },
) => EndpointChange | undefined;

async function change(deps: ManageDependencies, endpoint: Endpoint, decide: Decide): Promise<Endpoint> {
  const { endpoints, clock, newToken } = deps;
  let current = endpoint;
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const decided = decide(current, { now: clock.now(), token: newToken() });
    if (decided === undefined) {
      // It is so already, by a call that may have died before it could tell: from now on everybody knows.
      await endpoints.raiseVersion(current.senderId);
      return current;
    }
    const changed = await endpoints.change(current, decided);
    if (changed) return changed;
    const found = await endpoints.get(current.senderId, current.endpointId);
    if (!found || found.state === "DELETED")
      throw new HomingError("NOT_FOUND", "The endpoint has been deleted meanwhile.");
    current = found;
  }
  throw new HomingError("CONFLICT", "Others keep changing this endpoint; try again.", { retryable: true });
}
