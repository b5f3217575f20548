/** What a Svix endpoint is in Homing, and what of it is nothing there. Pure. */
import type { EndpointInput } from "@homing/client/source/types";
import type { SvixApplication, SvixEndpoint, SvixHeaders } from "./svix-api.ts";

export interface SvixSource {
  readonly application: SvixApplication;
  readonly endpoint: SvixEndpoint;
  readonly secret: string;
  readonly headers: SvixHeaders;
  readonly isTransformed: boolean;
}

export interface Mapping {
  readonly senderId: string;
  readonly idempotencyKey: string;
  /** Absent: it cannot be brought along, for the reason that comes first. */
  readonly endpoint?: EndpointInput;
  /** What is not the same afterwards, a sentence each. */
  readonly notes: readonly string[];
}

export interface MappingOptions {
  /** Of endpoints that are not disabled there; ACTIVE unless given. */
  readonly state?: "PAUSED" | "DISABLED" | "ACTIVE" | undefined;
  readonly svixHeaders: boolean;
}

/** Those that begin with `homing.` are Homing's own. */
const SENDER = /^(?!homing\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONGEST_DESCRIPTION = 256;
const MOST_METADATA = 16;
const MOST_A_SECOND = 10_000;
const SYMMETRIC = /^(?:whsec_)?[A-Za-z0-9+/=]+$/;

export function mapEndpoint(source: SvixSource, { state, svixHeaders }: MappingOptions): Mapping {
  const { application, endpoint, secret } = source;
  const { id, uid } = endpoint;
  const senderId = senderOf(application);
  // Once an endpoint, however often it is imported.
  const idempotencyKey = uid ?? id;
  if (!SYMMETRIC.test(secret))
    return {
      senderId,
      idempotencyKey,
      notes: ["It is signed with a private key, which Homing does not do: its receiver needs another check."],
    };
  const { headers, sensitive } = source.headers;
  return {
    senderId,
    idempotencyKey,
    endpoint: {
      senderId,
      url: endpoint.url,
      ...(endpoint.description === "" ? {} : { description: cut(endpoint.description) }),
      ...(endpoint.eventTypes ? { eventTypes: [...endpoint.eventTypes] } : {}),
      ...(endpoint.channels ? { channels: [...endpoint.channels] } : {}),
      ...(Object.keys(headers).length === 0 ? {} : { headers: { ...headers } }),
      metadata: metadataOf(endpoint),
      secret: secret.startsWith("whsec_") ? secret : `whsec_${secret}`,
      svixHeaders,
      ...(isRate(endpoint.throttleRate) ? { rateLimit: { count: endpoint.throttleRate, period: "1s" } } : {}),
      ...(endpoint.disabled ? { state: "DISABLED" } : state === undefined ? {} : { state }),
    },
    notes: [
      ...(senderId === (application.uid ?? application.id)
        ? []
        : [`The sender is ${senderId}: "${application.uid}" is no name of a sender.`]),
      ...sensitive.map((name) => `The value of the header ${name} is not told by Svix; set it by hand.`),
      ...(source.isTransformed ? ["Its transformation is left out: it gets events as they are sent."] : []),
      ...throttles(application, endpoint),
      ...(endpoint.description.length > LONGEST_DESCRIPTION ? ["The description is cut."] : []),
      ...(hasRoom(endpoint) ? [] : ["Its metadata is full: Svix's id is not kept."]),
    ],
  };
}

/** An application without a uid that can be one is called by its id. */
export function senderOf({ id, uid }: Pick<SvixApplication, "id" | "uid">): string {
  return typeof uid === "string" && SENDER.test(uid) ? uid : id;
}

function throttles(application: SvixApplication, endpoint: SvixEndpoint): string[] {
  const told = (rate: number | null | undefined, whose: string) =>
    typeof rate === "number" ? [`The limit of ${rate} a second ${whose} is left out.`] : [];
  return [
    ...(isRate(endpoint.throttleRate) ? [] : told(endpoint.throttleRate, "of the endpoint")),
    // Over all of its endpoints together, which is none here.
    ...told(application.throttleRate, "of the application"),
  ];
}

/** Of a second; what is beyond is as good as none. */
function isRate(rate: number | null | undefined): rate is number {
  return typeof rate === "number" && Number.isInteger(rate) && rate >= 1 && rate <= MOST_A_SECOND;
}

/** Where it came from stays findable. */
function metadataOf(endpoint: SvixEndpoint): Record<string, string> {
  const { id, uid, metadata } = endpoint;
  if (!hasRoom(endpoint)) return { ...metadata };
  return { ...metadata, svixId: id, ...(typeof uid === "string" ? { svixUid: uid } : {}) };
}

function hasRoom({ metadata, uid }: SvixEndpoint): boolean {
  const own = new Set([...Object.keys(metadata), "svixId", ...(typeof uid === "string" ? ["svixUid"] : [])]);
  return own.size <= MOST_METADATA;
}

function cut(text: string): string {
  return [...text].reduce(
    (kept, one) => (kept.length + one.length > LONGEST_DESCRIPTION ? kept : kept + one),
    "",
  );
}
