/**
 * The health of endpoints, as workers see it. A healthy endpoint costs no write: each process remembers what has failed
 * since the last success that it has seen, tells of it once that has lasted, and clears what was told at the first success.
 */
import { type Clock, elapsedMs, type Moment, momentOf } from "../clock.ts";
import { isDelivery, type Message } from "../message/message.ts";
import type { Observer } from "../observe/observe.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";
import type { Endpoint, LastFailure } from "./endpoint.ts";
import type { ChangeOccasion, EndpointChange } from "./endpoint-change.ts";
import type { EndpointOwner, EndpointStore } from "./endpoint-store.ts";
import { disabledByItself, failing, messageFailed, recovered } from "./health-change.ts";
import { HEALTH_POLICY, type HealthPolicy } from "./health-policy.ts";
import type { KnownEndpoint } from "./known-endpoint.ts";

/** Messages of the endpoint that are looked at before it is disabled: others may have seen one succeed. */
const LAST_LOOK = 100;
const MOST_REMEMBERED = 10_000;
/** Of a change that others keep coming before: what it tells is told by the next failure then. */
const CHANGE_TRIES = 5;

export interface HealthDependencies {
  readonly endpoints: Pick<EndpointStore, "get" | "change">;
  readonly store: Pick<MessageStore, "list" | "getMany">;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly newToken: () => string;
  readonly settings: Pick<Settings, "endpointDisableAfterMs" | "failingGate">;
  /** Another than `HEALTH_POLICY` only in a simulation, which has no days. */
  readonly policy?: HealthPolicy;
}

type KnownHealth = Pick<KnownEndpoint, "failingSince">;

interface Untold {
  readonly since: number;
  readonly sinceMoment: Moment;
  toldMoment?: Moment | undefined;
  count: number;
}

/** One for each process. None of its methods rejects: what has ended has ended, whatever is known of its endpoint. */
export class EndpointHealth {
  readonly #deps: HealthDependencies;
  readonly #policy: HealthPolicy;
  readonly #failing = new Map<string, Untold>();
  /** By endpoint: until when nobody has to be told that a message has failed. */
  readonly #toldUntil = new Map<string, number>();

  constructor(deps: HealthDependencies) {
    this.#deps = deps;
    this.#policy = deps.policy ?? HEALTH_POLICY;
  }

  /** An attempt has failed, at whatever. `known`: what it was made by. */
  async failed(owner: EndpointOwner, failure: LastFailure, known: KnownHealth): Promise<void> {
    const { clock } = this.#deps;
    const { endpointId } = owner;
    const untold = this.#failing.get(endpointId) ?? {
      since: failure.at,
      sinceMoment: momentOf(clock),
      count: 0,
    };
    untold.count += 1;
    remember(this.#failing, endpointId, untold);
    const isLong = elapsedMs(clock, untold.toldMoment ?? untold.sinceMoment) >= this.#policy.toldEveryMs;
    // A process that has just begun need not see for itself what is known already.
    const isKnown = untold.toldMoment === undefined && known.failingSince !== undefined;
    if (!isLong && !isKnown) return;
    const { count, since, toldMoment } = untold;
    // Before anything is waited for: another failure meanwhile must not tell of these again.
    untold.count = 0;
    untold.toldMoment = momentOf(clock);
    let isDone = false;
    await this.#guarded(owner, "health_not_told", async () => {
      const told = await this.#tell(owner, { since, count, failure }, isLong);
      isDone = told !== undefined || isLong;
      if (told) await this.#disableIfHopeless(told);
    });
    if (isDone) return;
    untold.count += count;
    untold.toldMoment = toldMoment;
  }

  /** An attempt has succeeded. `known`: what the attempt was made by. */
  async succeeded(owner: EndpointOwner, { failingSince }: KnownHealth): Promise<void> {
    const untold = this.#failing.get(owner.endpointId);
    this.#failing.delete(owner.endpointId);
    if (failingSince === undefined && untold?.toldMoment === undefined) return;
    await this.#guarded(owner, "recovery_not_told", async () => {
      let failed: Endpoint | undefined;
      const endpoint = await this.#change(owner, (current, occasion) => {
        const change = recovered(current, occasion);
        failed = change && current;
        return change;
      });
      if (!endpoint || !failed) return;
      this.#deps.observer.log.write("info", "endpoint_recovered", { ...owner });
      if (failed.gate) this.#deps.observer.metrics.add("GatesLifted");
    });
  }

  /** A message has FAILED: operators are told of one in a while, for each endpoint. */
  async messageFailed(message: Message): Promise<void> {
    // That its endpoint was disabled has been told.
    if (!isDelivery(message) || message.failureReason === "ENDPOINT_DISABLED") return;
    const now = this.#deps.clock.now();
    const { senderId, endpointId, finishedAt = now } = message;
    const isOld = now - finishedAt >= this.#policy.failedAnnouncedEveryMs;
    if (isOld || now < (this.#toldUntil.get(endpointId) ?? 0)) return;
    await this.#guarded({ senderId, endpointId }, "failure_not_announced", async () => {
      const endpoint = await this.#change(message, (current, occasion) =>
        messageFailed(current, message, occasion, this.#policy),
      );
      if (endpoint === undefined) return;
      const { messageFailedAt = now } = endpoint;
      remember(this.#toldUntil, endpointId, messageFailedAt + this.#policy.failedAnnouncedEveryMs);
    });
  }

  /** The endpoint after the change that `decide` wants, or as it was if it wants none; undefined if it is gone. */
  async #change(
    { senderId, endpointId }: EndpointOwner,
    decide: (endpoint: Endpoint, occasion: ChangeOccasion) => EndpointChange | undefined,
  ): Promise<Endpoint | undefined> {
    const { endpoints, clock, newToken } = this.#deps;
    for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
      const endpoint = await endpoints.get(senderId, endpointId);
      if (!endpoint) return undefined;
      const change = decide(endpoint, { now: clock.now(), token: newToken() });
      const changed = change === undefined ? endpoint : await endpoints.change(endpoint, change);
      if (changed) return changed;
    }
    return undefined;
  }

  async #tell(
    { senderId, endpointId }: EndpointOwner,
    told: { readonly since: number; readonly count: number; readonly failure: LastFailure },
    isLong: boolean,
  ): Promise<Endpoint | undefined> {
    const { endpoints, clock, newToken, observer, settings } = this.#deps;
    const endpoint = await endpoints.get(senderId, endpointId);
    if (!endpoint || endpoint.state === "DELETED") return undefined;
    const isNew = endpoint.failingSince === undefined;
    // What was known was of before its recovery: it has to last anew.
    if (isNew && !isLong) return undefined;
    const occasion = { now: clock.now(), token: newToken() };
    // Somebody else has changed it meanwhile: told in a minute.
    const change = failing(endpoint, told, occasion, this.#policy, settings.failingGate);
    const changed = await endpoints.change(endpoint, change);
    if (changed && isNew) {
      const { responseStatus, errorCode } = told.failure;
      observer.log.write("warn", "endpoint_failing", { senderId, endpointId, responseStatus, errorCode });
    }
    if (changed && change.set.gate) {
      observer.metrics.add("GatesSet");
      observer.log.write("warn", "endpoint_gated", { senderId, endpointId, failures: changed.failures });
    }
    return changed;
  }

  /** Under the revision that was read before the last look: a success that was told meanwhile keeps it. */
  async #disableIfHopeless(endpoint: Endpoint): Promise<void> {
    const { endpoints, store, clock, newToken, observer, settings } = this.#deps;
    const { senderId, endpointId, state, failingSince, failures = 0, lastFailure } = endpoint;
    const now = clock.now();
    const { endpointDisableAfterMs } = settings;
    if (
      endpointDisableAfterMs === undefined ||
      state !== "ACTIVE" ||
      failingSince === undefined ||
      now - failingSince < endpointDisableAfterMs ||
      failures < this.#policy.fewestFailures ||
      now - (lastFailure?.at ?? 0) >= this.#policy.newestFailureMs
    )
      return;
    const rows = await store.list({ groups: [], endpointId, limit: LAST_LOOK });
    const newest = await store.getMany(rows.map(({ messageId }) => messageId));
    if (newest.some(({ status, finishedAt = 0 }) => status === "COMPLETED" && finishedAt >= failingSince))
      return;
    const change = disabledByItself(endpoint, "FAILING", { now, token: newToken() });
    if (change === undefined || !(await endpoints.change(endpoint, change))) return;
    observer.metrics.add("EndpointsDisabled", 1, { reason: "FAILING" });
    observer.log.write("warn", "endpoint_disabled", { senderId, endpointId, reason: "FAILING" });
  }

  async #guarded(owner: EndpointOwner, event: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#deps.observer.log.write("warn", event, { ...owner }, error);
    }
  }
}

/** Who has been quiet for longest is forgotten first: others know of it, or nobody sends there any more. */
function remember<T>(known: Map<string, T>, key: string, value: T): void {
  known.delete(key);
  known.set(key, value);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_REMEMBERED) break;
    known.delete(oldest);
  }
}
