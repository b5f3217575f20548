/**
 * The dead-letter queue means our own fault: a crash loop or a poisoned record. Its consumer asks the message
 * what the copy was worth, and leaves an outage or a failed delivery out of it.
 */
import type { Clock } from "../clock.ts";
import { decodeCopy } from "../message/copy.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { isFinished, type Message } from "../message/message.ts";
import type { Observer } from "../observe/observe.ts";
import type { QueueRecord, RecordResult } from "../queue/queue-record.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";

export interface DeadLetterDependencies {
  readonly store: MessageStore;
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

async function decide(
  deps: DeadLetterDependencies,
  message: Message,
  record: QueueRecord,
  correlationId: string,
): Promise<string> {
  // A body that cannot be read says nothing about its attempt: it is taken for the message's present copy.
  const copyAttempt = decodeCopy(record.body)?.attempt ?? message.attempt + 1;
  // G14: not the message's present copy, finished, or being processed: its own `dueAt` looks after it.
  if (isFinished(message.status) || message.status === "PROCESSING" || message.attempt !== copyAttempt - 1)
    return "dropped";
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  if (message.unknowns >= UNKNOWNS_OF_A_CRASH_LOOP) {
    const transition = Lifecycle.deadLetter(message, copyAttempt, occasion, deps.settings.retentionMs);
    return (await deps.store.apply(message.messageId, transition)).applied ? "failed" : "moved";
  }
  if (message.status === "PENDING") return "dropped";
  const transition = Lifecycle.returnDeadLettered(message, copyAttempt, occasion);
  return (await deps.store.apply(message.messageId, transition)).applied ? "returned" : "moved";
}
