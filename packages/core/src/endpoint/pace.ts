/**
 * The pace of a limited endpoint: a line of slots, each the time of one request, evenly spaced. Whoever enqueues a
 * delivery reserves the next; a slot whose process then died is lost, so the rate is an upper bound. Pure.
 */
import { DAY, SECOND } from "../duration.ts";

/**
 * No slot is further ahead than this: what is accepted must be delivered while its payload is kept. Who finds none asks
 * again after `FULL_WAIT_MS`.
 */
export const MOST_AHEAD_MS = 7 * DAY;
export const FULL_WAIT_MS = DAY;

/** In microseconds. */
export const MS = 1_000;

/** What an endpoint asks for, and since when. */
export interface Rate {
  /** From one slot to the next. In microseconds, a whole number: a thousand fractions would add up to another rate. */
  readonly spacingUs: number;
  /** Milliseconds since the epoch; of two rates the later one counts. */
  readonly since: number;
}

/** What is stored of an endpoint's pace: the rate by which it was last reserved, and when the next slot begins. */
export interface Pace extends Rate {
  /** Microseconds since the epoch. */
  readonly nextAtUs: number;
}

export interface SlotRequest extends Rate {
  readonly now: number;
  /** How many slots in a row. */
  readonly slots: number;
}

export interface Reservation {
  /** The pace afterwards; as it was if no slot was free. */
  readonly pace: Pace | undefined;
  /** Fewer than were asked for if the line is full. */
  readonly slotsAt: readonly number[];
}

/**
 * `nextAt = max(now, nextAt) + n · spacing`. A rate that is later than that of the pace begins anew: what was reserved
 * before keeps its times. Who knows only an earlier one goes by the later.
 */
export function reserveSlots(pace: Pace | undefined, request: SlotRequest): Reservation {
  const nowUs = request.now * MS;
  const isKnown = pace !== undefined && pace.since >= request.since;
  const { spacingUs, since } = isKnown ? pace : request;
  const startsAtUs = isKnown ? Math.max(nowUs, pace.nextAtUs) : nowUs;
  const free = Math.floor((nowUs + MOST_AHEAD_MS * MS - startsAtUs) / spacingUs) + 1;
  const slots = Math.min(request.slots, Math.max(0, free));
  if (slots === 0) return { pace, slotsAt: [] };
  const next = { nextAtUs: startsAtUs + slots * spacingUs, spacingUs, since };
  return { pace: next, slotsAt: slotsBefore(next, slots) };
}

/** The last slots that were reserved of a pace: in whole milliseconds, never before their time. */
export function slotsBefore({ nextAtUs, spacingUs }: Pace, slots: number): readonly number[] {
  return Array.from({ length: slots }, (_, index) =>
    Math.ceil((nextAtUs - (slots - index) * spacingUs) / MS),
  );
}

/** When the pace may be forgotten: no slot is reserved any more then, and it begins anew. In whole seconds. */
export function paceExpiresAt(now: number): number {
  // The last slot is as far ahead as may be, and the next begins a period later.
  return Math.ceil((now + MOST_AHEAD_MS + 2 * DAY) / SECOND) * SECOND;
}
