/** What people do to single messages: retry or send now, cancel, and skip what others wait for. */
import { type ContentsDependencies, keepContents, readContents } from "../delivery/read-contents.ts";
import { scheduleMsOf } from "../endpoint/retry-schedule.ts";
import { HomingError } from "../error.ts";
import { advanceBehind } from "../lane/advance.ts";
import type { LaneDependencies } from "../lane/head.ts";
import { placeOf } from "../lane/place.ts";
import { takeTurns } from "../lane/take-turns.ts";
import * as Turns from "../lane/turns.ts";
import type { Contents } from "../message/contents.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import type { Message } from "../message/message.ts";
import { LONGEST_LIFE_MS, payloadExpiresAt } from "../message/payload-expiry.ts";
import { type EnqueueResult, enqueueAll } from "../send/enqueue.ts";
import { notQueuedError } from "../send/not-queued-error.ts";
import type { Settings } from "../settings.ts";
import type { ListDependencies } from "./list.ts";

export interface OperateDependencies
  extends LaneDependencies,
    Omit<ContentsDependencies, "store" | "events">,
    Pick<ListDependencies, "endpoints"> {
  readonly events: ContentsDependencies["events"] & ListDependencies["events"];
  readonly settings: LaneDependencies["settings"] & Pick<Settings, "retryScheduleMs">;
}

const MOVED_ON = "The message has moved on meanwhile.";
const PAYLOAD_GONE = "Its payload is gone, so it cannot be sent again.";

/**
 * FAILED: a new round of attempts. Waiting: sends now. PENDING for any other reason: enqueues again. The
 * message is then stored whatever becomes of the send.
 *
 * @throws HomingError CONFLICT from any other status; SYSTEM_ERROR if the send failed.
 */
export async function retry(
  deps: OperateDependencies,
  message: Message,
  correlationId: string,
): Promise<Message> {
  const contents = await readContents(deps, message);
  if (!contents) throw conflict(message, PAYLOAD_GONE);
  const pending = await makePending(deps, message, contents, correlationId, { forced: true });
  const [entry] = await takeTurns(deps, [{ message: pending, contents, correlationId }], correlationId);
  const [result] = entry ? await enqueueAll(deps, [entry]) : [];
  return concluded(result, pending);
}

/** @throws HomingError if the send failed. */
function concluded(result: EnqueueResult | undefined, pending: Message): Message {
  switch (result?.outcome) {
    case undefined:
      return pending;
    case "queued":
    case "waiting":
      return result.message;
    case "moved":
      return result.message ?? pending;
    case "failed":
    case "unmarked":
      // Repeating is safe: the message is PENDING, and enqueueing it again is what a retry then does.
      throw notQueuedError(result, true);
  }
}

/**
 * The message, ready to be enqueued again, as the write returned it. `forced`: in whatever state its endpoint is.
 *
 * @throws HomingError CONFLICT if it cannot be retried, or has moved on.
 */
export async function makePending(
  deps: OperateDependencies,
  message: Message,
  contents: Contents,
  correlationId: string,
  how: { readonly forced: boolean } = { forced: false },
): Promise<Message> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const sendNow = Lifecycle.sendNow(message, occasion, how);
  // O9: nobody but who sees it at the head sends what waits for its turn.
  if (message.status === "PENDING" && message.waitsForTurn)
    throw conflict(message, "It waits for an earlier message with the same ordering key.");
  if (message.status === "PENDING" && !sendNow) return message;
  if (message.status !== "FAILED" && !sendNow) {
    throw conflict(
      message,
      `A message that is ${message.status} cannot be retried; only a failed or waiting one can.`,
    );
  }
  if (message.status === "FAILED") {
    // Before the message comes back to life, so that no crash in between can leave it without its payload.
    const expiresAt = payloadExpiresAt(occasion.now, undefined, deps.settings.retentionMs);
    const kept = await keepContents(deps, message, expiresAt, occasion.now + LONGEST_LIFE_MS);
    if (!kept) throw conflict(message, PAYLOAD_GONE);
  }
  const endpoint = "event" in contents ? contents.endpoint : undefined;
  const attempts = scheduleMsOf(endpoint, deps.settings.retryScheduleMs).length + 1;
  const transition =
    sendNow ??
    (Turns.isOrdered(message)
      ? Turns.retry(message, occasion, attempts)
      : Lifecycle.manualRetry(message, occasion, attempts, how));
  const written = await deps.store.apply(message.messageId, transition);
  if (!written.applied) throw conflict(written.message ?? message, MOVED_ON);
  if (transition.name === "retryInPlace") await unmark(deps, message, correlationId);
  return written.message;
}

/** Its lane is no longer blocked; if that cannot be written, its outcome says so. */
async function unmark(deps: OperateDependencies, message: Message, correlationId: string): Promise<void> {
  if (!Turns.isOrdered(message)) return;
  await deps.lanes.mark(message, placeOf(message), undefined).catch((error: unknown) => {
    const { messageId, senderId } = message;
    deps.observer.log.write("warn", "lane_not_unmarked", { messageId, senderId, correlationId }, error);
  });
}

/** @throws HomingError CONFLICT unless PENDING or QUEUED; retryable while an attempt is running. */
export async function cancel(
  deps: OperateDependencies,
  message: Message,
  correlationId: string,
): Promise<Message> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const written = await deps.store.apply(
    message.messageId,
    Lifecycle.cancel(occasion, deps.settings.retentionMs),
  );
  if (written.applied) {
    await advanceBehind(deps, written.message, { by: "cancel", correlationId });
    return written.message;
  }
  const current = written.message ?? message;
  throw current.status === "PROCESSING"
    ? conflict(current, "An attempt is running; try again when it has ended.", true)
    : conflict(current, `A message that is ${current.status} cannot be cancelled.`);
}

/**
 * A failed message that holds up those behind it: they go on without it. A retry then goes to the end of the line.
 *
 * @throws HomingError CONFLICT unless it is FAILED and others wait for it.
 */
export async function skip(
  deps: OperateDependencies,
  message: Message,
  correlationId: string,
): Promise<Message> {
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  const transition = Turns.skip(message, occasion);
  if (!transition)
    throw conflict(message, "Only a failed message that blocks its order can be skipped, once.");
  const written = await deps.store.apply(message.messageId, transition);
  if (!written.applied) throw conflict(written.message ?? message, MOVED_ON);
  deps.observer.metrics.add("MessagesSkipped");
  await advanceBehind(deps, written.message, { by: "skip", correlationId });
  return written.message;
}

function conflict(message: Message, detail: string, retryable = false): HomingError {
  return new HomingError("CONFLICT", detail, {
    retryable,
    stored: { messageId: message.messageId, messageStatus: message.status },
  });
}
