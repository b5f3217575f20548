/** Order, written by hand from the promise: who may be released and requested, and who not yet, or not any more. */
import type { LaneKey } from "@homing/core/lane/lane";
import { isFinished, type Message } from "@homing/core/message/message";
import type { Settings } from "@homing/core/settings";
import type { AnswerFact, Ledger, RequestFact } from "../simulate/ledger.ts";
import { REQUEST_MARGIN_MS, wasTakenEarly } from "./taken-early.ts";

const FOURTEEN_DAYS_MS = 14 * 24 * 3_600_000;
/** A lane that stands still is looked at every six hours at the latest; and the reconciler may have an outage. */
const NOTICED_AFTER_MS = 2 * 24 * 3_600_000;

type Ordered = Message & LaneKey;

function isOrdered(message: Message): message is Ordered {
  return message.orderingKey !== undefined;
}

/** As the design writes it: the id without its prefix, and behind a dot the round in base 36, from round 1. */
export function placeName({ messageId, round = 0 }: Message): string {
  const id = messageId.replace("msg_", "");
  return round === 0 ? id : `${id}.${round.toString(36)}`;
}

/** A request of an ordered message leaves. */
export function wrongRequestInOrder(
  { at, claimId }: RequestFact,
  message: Message,
  ledger: Ledger,
  settings: Settings,
): string | undefined {
  if (!isOrdered(message)) return undefined;
  const place = placeName(message);
  ledger.lanes.request(place);
  // By wrong clocks somebody has ended the lease, and the lane has gone on without it.
  const clocksDiffer = ledger.clocksApartMs() > REQUEST_MARGIN_MS;
  if (clocksDiffer && wasTakenEarly(ledger, settings, claimId)) return undefined;
  const order = ledger.lanes.orderOf(message);
  const own = order.indexOf(place);
  if (own < 0) return "a request leaves for a message that stands nowhere in line";
  const earlier = order.slice(0, own).find((one) => !isPassed(one, ledger, at));
  if (earlier) return `a request leaves before that of ${earlier} is finished, which came before it`;
  const later = order.slice(own + 1).find((one) => ledger.lanes.wasRequested(one));
  return later && `a request leaves after one of ${later}, which came after it`;
}

/** PENDING → QUEUED: of what waits for its turn only the head. */
export function wrongRelease(
  before: Message,
  after: Message,
  at: number,
  ledger: Ledger,
): string | undefined {
  if (!before.waitsForTurn || !isOrdered(before)) {
    const isAsBefore = before.sequence === after.sequence && before.waitsForTurn === after.waitsForTurn;
    return isAsBefore ? undefined : "something was made of its turn, which it does not wait for";
  }
  if (after.waitsForTurn || after.inLine) return "it is sent, and waits for its turn";
  const order = ledger.lanes.orderOf(before);
  const own = order.indexOf(placeName(before));
  if (own < 0) return "its turn has come, and it stands nowhere in line";
  const earlier = order.slice(0, own).find((one) => !isPassed(one, ledger, at));
  if (earlier) return `its turn has come before ${earlier} was finished`;
  const highest = ledger.lanes.number(before, after.sequence ?? 0);
  return (after.sequence ?? 0) > highest ? undefined : "its number is not higher than those before it";
}

/** At most one message of a lane has had its turn and is not finished. */
export function wrongCompany(message: Message, ledger: Ledger): string | undefined {
  if (!hasTurn(message)) return undefined;
  const others = ledger
    .states()
    .filter(
      ({ senderId, orderingKey }) => senderId === message.senderId && orderingKey === message.orderingKey,
    )
    .filter((one) => one.messageId !== message.messageId && hasTurn(one));
  return others.length > 0 ? "two messages of one order have their turn at once" : undefined;
}

function hasTurn({ orderingKey, status, waitsForTurn }: Message): boolean {
  return orderingKey !== undefined && !isFinished(status) && !waitsForTurn;
}

/** FAILED → PENDING by hand: in its place if it blocks, at the end of the line if others have passed it. */
export function wrongRetryInOrder(before: Message, after: Message): string | undefined {
  if (!isOrdered(before)) {
    return after.waitsForTurn || after.round !== undefined ? "it has no order to wait in" : undefined;
  }
  if (after.inLine) return "nobody has seen it in line again";
  if (blocks(before)) {
    const isKept = after.round === before.round && after.waitsForTurn === before.waitsForTurn;
    return isKept ? undefined : "it loses the place that it has kept from others";
  }
  return after.waitsForTurn && after.round === (before.round ?? 0) + 1
    ? undefined
    : "others have passed it, and it does not wait for another turn";
}

export function wrongSkip(before: Message): string | undefined {
  return blocks(before) ? undefined : "nobody waits for it";
}

/** PENDING → FAILED, BLOCKED: after fourteen days in line, behind one that is not finished, or was until a while ago. */
export function wrongBlocked(before: Message, at: number, ledger: Ledger): string | undefined {
  if (!before.waitsForTurn || !before.inLine || !isOrdered(before)) return "it was not seen waiting";
  const since = before.history.findLast(({ to }) => to === "PENDING")?.at ?? 0;
  if (at < since + FOURTEEN_DAYS_MS - ledger.clocksApartMs()) return "it has not waited for fourteen days";
  const order = ledger.lanes.orderOf(before);
  const own = order.indexOf(placeName(before));
  if (own < 0) return "it has waited for fourteen days, and stands nowhere in line";
  const earlier = order.slice(0, own);
  return earlier.some(
    (place) => !isPassed(place, ledger, at) || finishedAt(place, ledger) > at - NOTICED_AFTER_MS,
  )
    ? undefined
    : "it has waited for fourteen days, and for nobody";
}

/** Without a transition: what was seen in a lane that has a `dueAt` waits for the end of its wait. */
export function isAwaitingTurn(
  before: Message,
  after: Message,
  changed: ReadonlyArray<keyof Message>,
  ledger: Ledger,
): boolean {
  const isMove = changed.every((name) => name === "dueAt" || name === "inLine" || name === "writeId");
  if (!isMove || !before.waitsForTurn || !after.inLine || !isOrdered(before)) return false;
  const isThere = ledger.lanes.joinedAt(placeName(before)) !== undefined;
  return isThere && (after.dueAt ?? 0) <= (before.deliverBy ?? Infinity);
}

/** Answered 2xx: it stands in line; or stood there, if somebody has retried it meanwhile. */
export function wrongAcceptance(
  message: Message,
  { at, kind }: Pick<AnswerFact, "at" | "kind">,
  ledger: Ledger,
): string | undefined {
  if (!isOrdered(message) || isFinished(message.status)) return undefined;
  const { round: latest = 0 } = message;
  for (let round = kind === "post" ? 0 : latest; round <= latest; round += 1) {
    const joinedAt = ledger.lanes.joinedAt(placeName({ ...message, round }));
    if (joinedAt !== undefined && joinedAt <= at) return undefined;
  }
  return "answered 2xx, and it stands nowhere in line";
}

function isPassed(place: string, ledger: Ledger, now: number): boolean {
  const [id = "", round = "0"] = place.split(".");
  const message = ledger.state(`msg_${id}`);
  if (message === undefined || (message.expiresAt ?? Infinity) <= now) return true;
  if ((message.round ?? 0) > Number.parseInt(round, 36)) return true;
  if (message.status === "COMPLETED" || message.status === "CANCELLED") return true;
  return message.status === "FAILED" && !blocks(message);
}

function finishedAt(place: string, ledger: Ledger): number {
  const message = ledger.state(`msg_${place.split(".")[0]}`);
  return message === undefined ? Number.NEGATIVE_INFINITY : message.updatedAt;
}

export function blocks({ status, afterFailure, skippedAt }: Message): boolean {
  return status === "FAILED" && afterFailure === "block" && skippedAt === undefined;
}
