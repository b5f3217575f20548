/**
 * What the pace of a limited endpoint means for a delivery that is to be enqueued: one turn, one slot. A turn begins when
 * a delivery may be attempted, and ends with its claim, or when its endpoint is paused. Pure.
 */
import { MINUTE, SECOND } from "../duration.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { RateLimit } from "../endpoint/rate-limit.ts";
import type { Message } from "./message.ts";
import { waitsUntil } from "./waits.ts";

/** A turn ends with the claim: the attempt after it takes a slot of its own. */
export const SLOT = ["slotAt", "repaced", "paceRound"] as const satisfies ReadonlyArray<keyof Message>;

/** A slot this near is no wait: the delivery is sent at once. */
export const AT_ONCE_MS = SECOND;

/** Who is further behind a slot than this has to have a new one: what has piled up while we were down is no burst. */
export const LATE_MS = MINUTE;

/**
 * - `none`: its endpoint has no limit, or somebody has asked for this attempt by hand.
 * - `kept`: it has one already, for this very turn.
 * - `later`: it waits for a time of its own, and takes a slot then: one that was taken ahead would keep others waiting.
 * - `needed`
 */
export type SlotNeed = "none" | "kept" | "later" | "needed";

type Waiting = Pick<
  Message,
  "attempt" | "forcedAttempt" | "notBefore" | "pendingReason" | "slotAt" | "repaced"
>;

export function slotNeed(message: Waiting, rateLimit: RateLimit | undefined, now: number): SlotNeed {
  const { attempt, forcedAttempt, slotAt, repaced } = message;
  if (rateLimit === undefined || forcedAttempt === attempt + 1) return "none";
  // Who always comes late, a worker behind a backlog or a reconciler, would put it off for ever: a turn has two slots at most.
  if (slotAt !== undefined && (repaced || !isLate(slotAt, now))) return "kept";
  return (waitsUntil(message) ?? 0) > now + AT_ONCE_MS ? "later" : "needed";
}

/** It was put off before its endpoint was activated: what it waits for counts no longer. */
export function isOfEarlierRound(
  { pendingReason, paceRound = 0 }: Pick<Message, "pendingReason" | "paceRound">,
  endpoint: Pick<Endpoint, "paceRound"> | undefined,
): boolean {
  return pendingReason === "THROTTLED" && paceRound < (endpoint?.paceRound ?? 0);
}

/** As it would be if it had never had a slot: it waits for nothing else. */
export function withoutSlot(message: Message): Message {
  const { slotAt: _, repaced: __, paceRound: ___, notBefore: ____, ...rest } = message;
  return rest;
}

export function isLate(slotAt: number, now: number): boolean {
  return now - slotAt > LATE_MS;
}

/**
 * What is written of a slot: its time, whether it is another than the turn had at first, and that the attempt must not
 * start before, unless that is now.
 */
export type Slot = Pick<Message, "notBefore" | "repaced"> & Required<Pick<Message, "slotAt">>;

export function slotOf(slotAt: number, now: number, before?: Pick<Message, "slotAt">): Slot {
  const slot = { slotAt, ...repacedAfter(before) };
  return slotAt <= now + AT_ONCE_MS ? slot : { ...slot, notBefore: slotAt };
}

/** A turn that had a slot, and came late for it. */
export function repacedAfter(before: Pick<Message, "slotAt"> | undefined): Pick<Message, "repaced"> {
  return before?.slotAt === undefined ? {} : { repaced: true };
}
