/**
 * A transition as data: one conditional write. The stores turn it into their own kind of write, and
 * `perform` says what it means, so that the condition is stated once.
 */
import type { HistoryEntry, ListGroup, Message, Status } from "./message.ts";
import { isHoldReason, listGroupOf } from "./message.ts";

/** All parts that are present must hold. An absent message never satisfies a condition. */
export interface Condition {
  readonly status: readonly Status[];
  readonly revision?: number;
  readonly sendId?: string;
  readonly claimId?: string;
  readonly attempt?: number;
  /** `leaseUntil` must not be later than this time. */
  readonly leaseOverAt?: number;
  /** `attempt` must be below `attemptLimit`. */
  readonly attemptsLeft?: true;
  /** Whether its turn in its lane must not have come yet, or must have. */
  readonly waitsForTurn?: boolean;
  /** The next attempt must not be one that somebody has asked for by hand, if it is this one. */
  readonly notForcedAttempt?: number;
  /** It must not wait for its endpoint already. */
  readonly notHeld?: true;
  readonly slotAt?: number;
}

/** Attributes a transition may write; identity and history are not among them. */
export type MutableAttribute = Exclude<
  keyof Message,
  | "messageId"
  | "senderId"
  | "requestHash"
  | "correlationId"
  | "idempotencyKey"
  | "createdAt"
  | "deliverAt"
  | "deliverBy"
  | "eventId"
  | "endpointId"
  | "eventType"
  | "orderingKey"
  | "afterFailure"
  | "revision"
  | "history"
  | "historyOmitted"
>;

export type TokenAttribute = "sendId" | "claimId" | "writeId";

/** Each write carries a random token of its own: seeing it in the item proves that this write took effect. */
export interface Token {
  readonly attribute: TokenAttribute;
  readonly value: string;
}

/** `from` is whatever the status was; without a correlation id, the message's own counts. */
export type TransitionEntry = Omit<HistoryEntry, "from" | "correlationId"> & {
  readonly correlationId?: string;
};

export interface Transition {
  readonly name: string;
  readonly when: Condition;
  readonly token: Token;
  readonly set: Readonly<Partial<Pick<Message, MutableAttribute>>>;
  readonly remove: readonly MutableAttribute[];
  /** Appended to the history. Absent: no transition, only a new `dueAt`. */
  readonly entry?: TransitionEntry;
  /** The whole history instead of one more entry, where the item is known exactly and the history is full. */
  readonly rewrittenHistory?: { readonly history: readonly HistoryEntry[]; readonly omitted: number };
  /** Where the message is listed from now on; absent: where it was. */
  readonly listGroup?: ListGroup;
  /** Where it calls for attention from now on; null: nowhere; absent: where it did. */
  readonly attention?: string | null;
}

export function conditionHolds(when: Condition, message: Message): boolean {
  return (
    when.status.includes(message.status) &&
    (when.revision === undefined || when.revision === message.revision) &&
    (when.sendId === undefined || when.sendId === message.sendId) &&
    (when.claimId === undefined || when.claimId === message.claimId) &&
    (when.attempt === undefined || when.attempt === message.attempt) &&
    (when.leaseOverAt === undefined ||
      (message.leaseUntil !== undefined && message.leaseUntil <= when.leaseOverAt)) &&
    (when.attemptsLeft === undefined || message.attempt < message.attemptLimit) &&
    (when.waitsForTurn === undefined || when.waitsForTurn === (message.waitsForTurn ?? false)) &&
    (when.notForcedAttempt === undefined || when.notForcedAttempt !== message.forcedAttempt) &&
    (when.notHeld === undefined || !isHoldReason(message.pendingReason)) &&
    (when.slotAt === undefined || when.slotAt === message.slotAt)
  );
}

/** The message after the transition, or undefined if its condition does not hold. Every other attribute survives. */
export function perform(transition: Transition, message: Message): Message | undefined {
  if (!conditionHolds(transition.when, message)) return undefined;
  let next: Record<string, unknown> = { ...message, ...transition.set };
  for (const attribute of transition.remove) {
    if (!(attribute in next)) continue;
    // Not deleted: what properties were deleted from is slow to the engine, and so is whatever reads or copies it.
    const { [attribute]: _, ...kept } = next;
    next = kept;
  }
  next[transition.token.attribute] = transition.token.value;
  if (transition.entry) {
    const { correlationId = message.correlationId } = transition.entry;
    const entry: HistoryEntry = { ...transition.entry, correlationId, from: message.status };
    next.revision = message.revision + 1;
    next.history = transition.rewrittenHistory?.history ?? [...message.history, entry];
    next.historyOmitted = transition.rewrittenHistory?.omitted ?? message.historyOmitted;
  }
  return next as unknown as Message;
}

/** True if the item shows that the write carrying this token took effect (and later writes did not hide it). */
export function carriesToken(message: Message | undefined, token: Token): message is Message {
  return message?.[token.attribute] === token.value;
}

/** The list partition a transition moves to, if it changes the group. */
export function listGroupAfter(message: Message, status: Status, rolledBackAt?: number): ListGroup {
  return listGroupOf({ status, ...(rolledBackAt === undefined ? rolledBack(message) : { rolledBackAt }) });
}

function rolledBack(message: Message): { rolledBackAt?: number } {
  return message.rolledBackAt === undefined ? {} : { rolledBackAt: message.rolledBackAt };
}
