/** What stands in the form of an endpoint, and what is asked of the API for it. */
import type { Endpoint } from "../api/types.ts";

/** A header or a pair of metadata, as typed. */
export interface Pair {
  /** Stays the same while the pair is edited. */
  readonly id: number;
  readonly name: string;
  readonly value: string;
  /** The API does not show its value: it stays as it is unless another is typed. */
  readonly isHidden: boolean;
}

export interface FormValues {
  readonly senderId: string;
  readonly url: string;
  readonly description: string;
  /** Separated by spaces, commas or lines. */
  readonly eventTypes: string;
  readonly channels: string;
  /** `100/1m`; empty: none. */
  readonly rateLimit: string;
  readonly headers: readonly Pair[];
  readonly metadata: readonly Pair[];
  readonly secret: string;
  readonly svixHeaders: boolean;
  /** In which it starts. */
  readonly state: Endpoint["state"];
}

/** What the API shows in place of a header that may be secret. */
const HIDDEN_VALUE = "***";

export const EMPTY: FormValues = {
  senderId: "",
  url: "",
  description: "",
  eventTypes: "",
  channels: "",
  rateLimit: "",
  headers: [],
  metadata: [],
  secret: "",
  svixHeaders: false,
  state: "ACTIVE",
};

export function valuesOf(endpoint: Endpoint): FormValues {
  const { eventTypes = [], channels = [], headers, metadata = {} } = endpoint;
  return {
    ...EMPTY,
    senderId: endpoint.senderId,
    url: endpoint.url,
    description: endpoint.description ?? "",
    eventTypes: eventTypes.join("\n"),
    channels: channels.join("\n"),
    rateLimit: endpoint.rateLimit ? `${endpoint.rateLimit.count}/${endpoint.rateLimit.period}` : "",
    headers: pairsOf(headers, true),
    metadata: pairsOf(metadata, false),
    svixHeaders: endpoint.svixHeaders,
  };
}

function pairsOf(record: Readonly<Record<string, string>>, mayBeHidden: boolean): readonly Pair[] {
  return Object.entries(record).map(([name, value], id) => {
    const isHidden = mayBeHidden && value === HIDDEN_VALUE;
    return { id, name, value: isHidden ? "" : value, isHidden };
  });
}

export function wordsIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** Undefined if that is no count and period. Whether they are right the API says. */
export function rateLimitIn(text: string): { readonly count: number; readonly period: string } | undefined {
  const [, count, period] = /^(\d+) ?\/ ?(\w+)$/.exec(text.trim()) ?? [];
  return count === undefined || period === undefined ? undefined : { count: Number(count), period };
}

/** The body of the call that creates it; what is empty is left out. */
export function toInput(values: FormValues): object {
  const { description, svixHeaders, state } = values;
  const senderId = values.senderId.trim();
  const secret = values.secret.trim();
  const eventTypes = wordsIn(values.eventTypes);
  const channels = wordsIn(values.channels);
  const metadata = recordOf(values.metadata);
  const rateLimit = rateLimitIn(values.rateLimit);
  return {
    ...(senderId ? { senderId } : {}),
    url: values.url.trim(),
    ...(description ? { description } : {}),
    ...(eventTypes.length > 0 ? { eventTypes } : {}),
    ...(channels.length > 0 ? { channels } : {}),
    headers: recordOf(values.headers),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(rateLimit ? { rateLimit } : {}),
    ...(secret ? { secret } : {}),
    svixHeaders,
    ...(state === "ACTIVE" ? {} : { state }),
  };
}

/** The JSON Merge Patch that makes the endpoint what the form says: nothing that was not changed. */
export function toPatch(before: FormValues, after: FormValues): Readonly<Record<string, unknown>> {
  const words = (name: "eventTypes" | "channels") => {
    const typed = wordsIn(after[name]);
    if (typed.join() === wordsIn(before[name]).join()) return {};
    return { [name]: typed.length > 0 ? typed : null };
  };
  const members = (name: "headers" | "metadata") => {
    const patch = changedMembers(before[name], after[name]);
    return Object.keys(patch).length > 0 ? { [name]: patch } : {};
  };
  const url = after.url.trim();
  return {
    ...(url === before.url ? {} : { url }),
    ...(after.description === before.description ? {} : { description: after.description || null }),
    ...words("eventTypes"),
    ...words("channels"),
    ...(after.rateLimit.trim() === before.rateLimit
      ? {}
      : { rateLimit: rateLimitIn(after.rateLimit) ?? null }),
    ...members("headers"),
    ...members("metadata"),
    ...(after.svixHeaders === before.svixHeaders ? {} : { svixHeaders: after.svixHeaders }),
  };
}

function changedMembers(
  before: readonly Pair[],
  after: readonly Pair[],
): Readonly<Record<string, string | null>> {
  const kept = new Set(after.map(({ name }) => name.trim()));
  const removed = before.filter(({ name }) => !kept.has(name)).map(({ name }) => [name, null] as const);
  const known = new Map(before.map(({ name, value }) => [name, value]));
  const set = after
    .filter(isFilled)
    .filter(({ isHidden, value }) => !isHidden || value !== "")
    .filter(({ name, value, isHidden }) => isHidden || known.get(name.trim()) !== value)
    .map(({ name, value }) => [name.trim(), value] as const);
  return Object.fromEntries([...removed, ...set]);
}

function recordOf(pairs: readonly Pair[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.filter(isFilled).map(({ name, value }) => [name.trim(), value]));
}

/** A pair that was added and left empty is none. */
function isFilled({ name, value }: Pair): boolean {
  return name.trim() !== "" || value !== "";
}
