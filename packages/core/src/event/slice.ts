/**
 * Large events are expanded in slices, by workers: a copy names the event and a part of `matched`, and whoever has
 * expanded the last of them marks the event.
 */
import type { Event } from "./event.ts";
import { MOST_EXPANDED_INLINE } from "./event-lifecycle.ts";

/** So that a worker makes its messages within its time, and the most endpoints are one batch of the queue. */
const SLICE_ENDPOINTS = 100;

/** A part of an event's `matched`: from the first index, before the second. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** What an event needs that is not expanded inline; empty if it is to be. */
export function slicesOf(event: Pick<Event, "matched" | "done">, endpoints?: number): readonly Slice[] {
  return event.matched.length - event.done <= MOST_EXPANDED_INLINE ? [] : allSlices(event, endpoints);
}

/** The same for an event for which a call has no room left. */
export function allSlices(
  { matched, done }: Pick<Event, "matched" | "done">,
  endpoints = SLICE_ENDPOINTS,
): readonly Slice[] {
  const slices: Slice[] = [];
  for (let from = done; from < matched.length; from += endpoints)
    slices.push({ from, to: Math.min(from + endpoints, matched.length) });
  return slices;
}

/** Both ends: one that was cut short by the end of the list, which has grown since, is not the same. */
export function sliceName({ from, to }: Slice): string {
  return `${from}-${to}`;
}

/** Those that nobody has noted as expanded. */
export function missingSlices(slices: readonly Slice[], noted: ReadonlySet<string>): readonly Slice[] {
  return slices.filter((slice) => !noted.has(sliceName(slice)));
}

const VERSION = 2;

export interface ExpandCopy extends Slice {
  readonly eventId: string;
}

export function encodeExpandCopy({ eventId, from, to }: ExpandCopy): string {
  return JSON.stringify({ version: VERSION, eventId, from, to });
}

/** What a record's body says, or undefined if it is no expand copy of ours. */
export function decodeExpandCopy(text: string): ExpandCopy | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, eventId, from, to } = (document ?? {}) as Readonly<Record<string, unknown>>;
  const valid =
    version === VERSION &&
    typeof eventId === "string" &&
    Number.isSafeInteger(from) &&
    Number.isSafeInteger(to) &&
    Number(from) >= 0 &&
    Number(to) > Number(from);
  return valid ? { eventId, from: Number(from), to: Number(to) } : undefined;
}
