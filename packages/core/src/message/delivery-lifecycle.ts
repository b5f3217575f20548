/**
 * What the lifecycle of a delivery has besides: how it begins, and what its endpoint's state does to it. Pure, as
 * `lifecycle.ts`, and each again one conditional write.
 */
import { DAY } from "../duration.ts";
import { FULL_WAIT_MS } from "../endpoint/pace.ts";
import type { Event } from "../event/event.ts";
import { deliveryIdOf } from "../event/event-id.ts";
import { claim, listenersClaimId } from "./claims.ts";
import { underClaim } from "./lifecycle.ts";
import {
  type DeliveryMessage,
  failedOf,
  type HoldReason,
  heldOf,
  isHoldReason,
  type Message,
  throttledOf,
} from "./message.ts";
import { repacedAfter, SLOT, type Slot, slotOf } from "./slot.ts";
import { build, FINISHED_WITHOUT, finish, type Occasion } from "./step.ts";
import type { Condition, Transition } from "./transition.ts";
import { isWithinQueueDelay } from "./waits.ts";

/** What waits for its endpoint is looked at again after so long: by then somebody may have forgotten it. */
export const HOLD_MS = 7 * DAY;

/** What a spawn needs besides event and endpoint. */
export interface SpawnSettings {
  readonly queueDeadlineMs: number;
  readonly attempts: number;
}

/**
 * (new) → QUEUED: a delivery begins in one write, and whoever made it sends its copy. Its id follows from event and
 * endpoint, so that of any number who expand an event one makes it; who does not sends nothing.
 *
 * To an endpoint that holds its messages (`holds`): (new) → PENDING, and nothing is sent. To a limited one whose slot is further ahead
 * than the queue can carry it: (new) → PENDING until then. `given`: what was reserved for it, if it needs a slot.
 */
export function spawn(
  event: Event,
  endpointId: string,
  holds: HoldReason | undefined,
  { now, token }: Pick<Occasion, "now" | "token">,
  { queueDeadlineMs, attempts }: SpawnSettings,
  given?: GivenSlot,
): DeliveryMessage {
  const { eventId, senderId, eventType, requestHash, correlationId, createdAt, deliverBy } = event;
  const forced = event.forced === true;
  const held = forced ? undefined : holds;
  const entry = { at: now, from: null, correlationId };
  const slot: Partial<Slot> = given?.slotAt === undefined ? {} : slotOf(given.slotAt, now);
  const throttled = !held && given !== undefined && isFarOff(given, now);
  return {
    messageId: deliveryIdOf(eventId, endpointId),
    senderId,
    eventId,
    endpointId,
    eventType,
    requestHash,
    correlationId,
    createdAt,
    ...(deliverBy === undefined ? {} : { deliverBy }),
    ...(forced ? { forcedAttempt: 1 } : {}),
    revision: 1,
    updatedAt: now,
    writeId: token,
    attempt: 0,
    attemptLimit: attempts,
    unknowns: 0,
    rollbacks: 0,
    orphans: 0,
    historyOmitted: 0,
    ...(held
      ? {
          status: "PENDING",
          pendingReason: held,
          dueAt: now + HOLD_MS,
          sends: 0,
          history: [{ ...entry, to: "PENDING", reason: held }],
        }
      : throttled
        ? {
            status: "PENDING",
            pendingReason: "THROTTLED",
            ...untilSlot(given, now),
            ...(given.round === undefined ? {} : { paceRound: given.round }),
            sends: 0,
            history: [{ ...entry, to: "PENDING", reason: "THROTTLED" }],
          }
        : {
            status: "QUEUED",
            ...slot,
            dueAt: Math.max(now, slot.notBefore ?? 0) + queueDeadlineMs,
            sendId: token,
            sends: 1,
            history: [{ ...entry, to: "QUEUED", reason: "EXPANDED" }],
          }),
  };
}

/** What was reserved in the pace of its endpoint; without a time: there was no slot free. */
export interface GivenSlot {
  readonly slotAt: number | undefined;
  /** Of that pace, as far as whoever reserved it knows; absent: the first. */
  readonly round?: number | undefined;
}

/** Whether that is further ahead than the queue can carry a copy. */
export function isFarOff({ slotAt }: Pick<GivenSlot, "slotAt">, now: number): boolean {
  return slotAt === undefined || !isWithinQueueDelay({ notBefore: slotAt }, now);
}

/** Due at its slot, for which it need not ask again; without one when it may ask again. */
function untilSlot({ slotAt }: Pick<GivenSlot, "slotAt">, now: number) {
  const notBefore = slotAt ?? now + FULL_WAIT_MS;
  return { notBefore, dueAt: notBefore, ...(slotAt === undefined ? {} : { slotAt }) };
}

/**
 * PENDING → PENDING until its slot in the pace of its endpoint. Guarded by what was read, as an enqueue is. `anew`: the
 * slot that it had counts no longer, and it did not come late for it.
 */
export function throttle(
  message: DeliveryMessage,
  given: GivenSlot,
  occasion: Occasion,
  anew = false,
): Transition {
  const set = putOff(given, occasion.now, anew ? undefined : message);
  return build("throttle", message, occasion, {
    when: { status: ["PENDING"], revision: message.revision },
    to: "PENDING",
    reason: "THROTTLED",
    pendingReason: "THROTTLED",
    set,
    remove: ["sendFailingSince", ...unset(set, given, anew)],
    indexes: { attention: throttledOf(message.endpointId, given.round) },
  });
}

function putOff(given: GivenSlot, now: number, before: Pick<Message, "slotAt"> | undefined) {
  return {
    ...untilSlot(given, now),
    ...(given.slotAt === undefined ? {} : repacedAfter(before)),
    ...(given.round === undefined ? {} : { paceRound: given.round }),
  };
}

/** Of what says which slot it has. Whoever found none has none, and who begins anew was never late. */
function unset(set: Partial<Message>, { slotAt }: GivenSlot, anew: boolean) {
  return SLOT.filter(
    (name) => set[name] === undefined && (slotAt === undefined || anew || name === "paceRound"),
  );
}

/**
 * QUEUED or PENDING → PENDING until a new slot: its copy came long after the one that it had. Only of that very slot: of
 * two copies of one attempt the second must not put it off again.
 */
export function repace(
  {
    attempt,
    slotAt,
    endpointId,
  }: { readonly attempt: number; readonly slotAt: number; readonly endpointId: string },
  given: GivenSlot,
  { now, token, correlationId }: Occasion,
): Transition {
  const set = putOff(given, now, { slotAt });
  return {
    name: "repace",
    when: { ...notForced({ copyAttempt: attempt }), notHeld: true, slotAt },
    token: { attribute: "writeId", value: token },
    set: { status: "PENDING", pendingReason: "THROTTLED", updatedAt: now, ...set },
    remove: ["sendFailingSince", ...unset(set, given, false)],
    entry: { at: now, to: "PENDING", reason: "THROTTLED", correlationId },
    attention: throttledOf(endpointId, given.round),
  };
}

/** How a transition knows that nothing has happened to the message: by the copy in hand, or by what was read. */
export type Untouched =
  | { readonly copyAttempt: number; readonly forced?: boolean }
  | { readonly revision: number };

type Owner = Required<Pick<Message, "senderId" | "endpointId">>;

/**
 * QUEUED or PENDING → PENDING until the endpoint is activated, or well again. No attempt is counted; `notBefore` is kept. Not again by
 * another copy of the same attempt: how long it may be held counts from when it first was.
 */
export function hold(
  untouched: Untouched,
  { endpointId }: Owner,
  occasion: Occasion,
  reason: HoldReason,
): Transition {
  const { now, token, correlationId } = occasion;
  return {
    name: "hold",
    when: { ...notForced(untouched), notHeld: true },
    token: { attribute: "writeId", value: token },
    set: { status: "PENDING", pendingReason: reason, updatedAt: now, dueAt: now + HOLD_MS },
    // It is paced anew once it is released.
    remove: ["sendFailingSince", ...SLOT],
    entry: { at: now, to: "PENDING", reason, correlationId },
    attention: heldOf(endpointId),
  };
}

/**
 * PROCESSING → PENDING: the attempt has failed at an endpoint that holds because it fails. As `retryLater`, but it waits
 * for the endpoint with all others, in its place by age: whatever the schedule says, it goes on with them once that is
 * well again. Until then `notBefore` is when it may be a probe.
 */
export function holdFailed(
  message: DeliveryMessage,
  occasion: Occasion,
  claimId: string,
  nextAttemptAt: number,
  answer: Pick<Message, "responseStatus"> = {},
): Transition {
  return build("holdFailed", message, occasion, {
    when: underClaim(claimId),
    to: "PENDING",
    reason: "ENDPOINT_FAILING",
    pendingReason: "ENDPOINT_FAILING",
    set: { notBefore: nextAttemptAt, dueAt: occasion.now + HOLD_MS, unknowns: 0, ...answer },
    remove: ["leaseUntil"],
    indexes: { attention: heldOf(message.endpointId) },
  });
}

/** After this long the endpoint is no longer waited for. */
export const LONGEST_HOLD_MS = 30 * DAY;

/** When a held message began to be: as long as it is, nothing else says that it was updated. */
export function heldSince({ updatedAt }: Message): number {
  return updatedAt;
}

/**
 * PENDING → PENDING: looked at again in a week, or once it has been held for too long. A transition, so that of two
 * reconcilers at once only one writes.
 */
export function holdOn(message: Message, { now, token, correlationId }: Occasion): Transition {
  return {
    name: "holdOn",
    when: { status: ["PENDING"], revision: message.revision },
    token: { attribute: "writeId", value: token },
    set: { dueAt: Math.min(now + HOLD_MS, heldSince(message) + LONGEST_HOLD_MS) },
    remove: [],
    entry: { at: now, to: "PENDING", reason: holdReasonOf(message), correlationId },
  };
}

function holdReasonOf({ pendingReason }: Message): HoldReason {
  return isHoldReason(pendingReason) ? pendingReason : "ENDPOINT_PAUSED";
}

/**
 * PENDING and held → PROCESSING: a listener makes the request in the worker's place. As it was read, and due at the end
 * of its lease: what is held is due in days, and no copy would come back in its place.
 */
export function take(message: Message, occasion: Occasion, leaseMs: number): Transition {
  const { set, remove, token } = claim(message.attempt + 1, occasion, leaseMs);
  return build("take", message, occasion, {
    when: { status: ["PENDING"], revision: message.revision },
    token: { ...token, value: listenersClaimId(occasion.token) },
    to: "PROCESSING",
    reason: "CLAIMED",
    set: { ...set, dueAt: occasion.now + leaseMs },
    remove,
    indexes: { attention: null },
  });
}

/** QUEUED or PENDING → FAILED: its endpoint gets nothing while it is disabled. A retry by hand delivers it. */
export function failDisabled(
  untouched: Untouched,
  { senderId }: Owner,
  occasion: Occasion,
  retentionMs: number,
): Transition {
  const { now, token, correlationId } = occasion;
  return {
    name: "failDisabled",
    when: notForced(untouched),
    token: { attribute: "writeId", value: token },
    set: {
      status: "FAILED",
      failureReason: "ENDPOINT_DISABLED",
      updatedAt: now,
      ...finish(occasion, retentionMs),
    },
    remove: FINISHED_WITHOUT,
    entry: { at: now, to: "FAILED", reason: "ENDPOINT_DISABLED", correlationId },
    listGroup: "FAILED",
    attention: failedOf(senderId),
  };
}

/** QUEUED or PENDING → CANCELLED: its endpoint is gone. */
export function cancelDeleted(untouched: Untouched, occasion: Occasion, retentionMs: number): Transition {
  const { now, token, correlationId } = occasion;
  return {
    name: "cancelDeleted",
    when: waiting(untouched),
    token: { attribute: "writeId", value: token },
    set: { status: "CANCELLED", updatedAt: now, ...finish(occasion, retentionMs) },
    remove: FINISHED_WITHOUT,
    entry: { at: now, to: "CANCELLED", reason: "ENDPOINT_DELETED", correlationId },
    listGroup: "CANCELLED",
    attention: null,
  };
}

/** A copy decides over the attempt that it would start, and a reader over what it has read: over nothing later. */
function waiting(untouched: Untouched): Condition {
  return {
    status: ["QUEUED", "PENDING"],
    ...("revision" in untouched ? { revision: untouched.revision } : { attempt: untouched.copyAttempt - 1 }),
  };
}

/**
 * Somebody may have asked for that attempt by hand since its copy was made: it is the newer copy's then, which goes out
 * in whatever state the endpoint is.
 */
function notForced(untouched: Untouched): Condition {
  return {
    ...waiting(untouched),
    ...("copyAttempt" in untouched && !untouched.forced ? { notForcedAttempt: untouched.copyAttempt } : {}),
  };
}
