/**
 * The dead-letter queue means our own fault: a crash loop or a poisoned record. Its consumer asks the message
 * what the copy was worth, and leaves an outage or a failed delivery out of it.
 */
import type { Clock } from "../clock.ts";
import * as EventLifecycle from "../event/event-lifecycle.ts";
import type { EventStore } from "../event/event-store.ts";
import { nudgeBehind } from "../lane/advance.ts";
import type { LaneStore } from "../lane/lane-store.ts";
import { decodeCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { isFinished, type Message } from "../message/message.ts";
import type { Observer } from "../observe/observe.ts";
import type { QueueRecord, RecordResult } from "../queue/queue-record.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";

export interface DeadLetterDependencies {
  readonly store: MessageStore;
  readonly events: Pick<EventStore, "get" | "apply">;
  readonly lanes: Pick<LaneStore, "nudge" | "mark">;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly newToken: () => string;
  readonly settings: Pick<Settings, "retentionMs">;
}

/** From this many unknown attempts in a row the message itself is taken to be what kills its workers. */
const UNKNOWNS_OF_A_CRASH_LOOP = 3;

/** `return` leaves the record in the dead-letter queue, where it is counted and alarmed. */
export async function consumeDeadLetter(
  deps: DeadLetterDependencies,
  record: QueueRecord,
): Promise<RecordResult> {
  const { messageId, correlationId = "unknown" } = record;
  deps.observer.metrics.add("DeadLettered");
  try {
    if (record.eventId !== undefined) return await consumeExpansion(deps, record.eventId, correlationId);
    const message = messageId === undefined ? undefined : await deps.store.get(messageId);
    if (message === undefined) {
      deps.observer.log.write("error", "dead_letter_unknown", { messageId, correlationId });
      return "return";
    }
    const action = await decide(deps, message, record, correlationId);
    deps.observer.log.write("error", "dead_letter", {
      messageId,
      senderId: message.senderId,
      correlationId,
      attempt: message.attempt,
      status: message.status,
      action,
    });
    return "done";
  } catch (error) {
    deps.observer.log.write("error", "dead_letter_failed", { messageId, correlationId }, error);
    return "return";
  }
}

/**
 * What was to expand a part of an event: the event itself knows what is missing, and becomes due now. It never fails for
 * it, as its endpoints have done nothing wrong.
 */
async function consumeExpansion(
  deps: DeadLetterDependencies,
  eventId: string,
  correlationId: string,
): Promise<RecordResult> {
  const event = await deps.events.get(eventId);
  if (event === undefined) {
    deps.observer.log.write("error", "dead_letter_unknown", { eventId, correlationId });
    return "return";
  }
  const occasion = { now: deps.clock.now(), token: deps.newToken() };
  const brought =
    event.status === "PENDING" &&
    (await deps.events.apply(eventId, EventLifecycle.bringForward(event, occasion, occasion.now))).applied;
  const { senderId, status } = event;
  const action = brought ? "returned" : "dropped";
  deps.observer.log.write("error", "dead_letter", { eventId, senderId, correlationId, status, action });
  return "done";
}

async function decide(
  deps: DeadLetterDependencies,
  message: Message,
  record: QueueRecord,
  correlationId: string,
): Promise<string> {
  // A body that cannot be read says nothing about its attempt: it is taken for the message's present copy.
  const copyAttempt = decodeCopy(record.body)?.attempt ?? message.attempt + 1;
  // G14: not the message's present copy, finished, or being processed: its own `dueAt` looks after it.
  // So does its lane's while it waits for its turn: the copy is of an earlier round.
  if (
    isFinished(message.status) ||
    message.status === "PROCESSING" ||
    message.waitsForTurn ||
    message.attempt !== copyAttempt - 1
  )
    return "dropped";
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  if (message.unknowns >= UNKNOWNS_OF_A_CRASH_LOOP) {
    const transition = Lifecycle.deadLetter(message, copyAttempt, occasion, deps.settings.retentionMs);
    const written = await deps.store.apply(message.messageId, transition);
    // This function may not send: those behind it are released by the reconciler.
    if (written.applied) await nudgeBehind(deps, written.message, { by: "deadLetter", correlationId });
    return written.applied ? "failed" : "moved";
  }
  if (message.status === "PENDING") return "dropped";
  const transition = Lifecycle.returnDeadLettered(message, copyAttempt, occasion);
  return (await deps.store.apply(message.messageId, transition)).applied ? "returned" : "moved";
}
