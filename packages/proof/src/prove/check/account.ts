/** The account at the end: once faults are over and time has run on, everything must balance. */
import { HomingError } from "@homing/core/error";
import { type Attempt, type HistoryEntry, isFinished, type Message } from "@homing/core/message/message";
import type { Settings } from "@homing/core/settings";
import type { AnswerFact, Ledger, WriteFact } from "../simulate/ledger.ts";
import { eventImbalance } from "./event-account.ts";
import { wrongAcceptance } from "./order-rules.ts";
import { wasTakenEarly } from "./taken-early.ts";
import { wasEver } from "./was-ever.ts";

/** The history keeps its first 10 and its latest 40 entries. */
const FIRST = 10;
const LATEST = 40;

/** A write that hides another one follows it within the time that a repeated call may take. */
const HIDING_MS = 10_000;

export interface Finding {
  readonly messageId: string | undefined;
  readonly text: string;
}

/** The first thing that does not balance, or undefined. */
export function imbalance(ledger: Ledger, settings: Settings): Finding | undefined {
  for (const message of ledger.states()) {
    const text =
      wrongEnd(message) ??
      wrongHistory(message, ledger.writesOf(message.messageId)) ??
      wrongAttempts(message, ledger, settings) ??
      leftUndone(message, ledger);
    if (text) return { messageId: message.messageId, text };
  }
  for (const answer of ledger.answers) {
    const text = wrongAnswer(answer, ledger);
    if (text) return { messageId: ledger.idsOf(answer.message)[0], text };
  }
  const ofEvents = eventImbalance(ledger);
  return ofEvents ? { messageId: ofEvents.id, text: ofEvents.text } : doubledKey(ledger);
}

function wrongEnd({ status, dueAt }: Message): string | undefined {
  return isFinished(status) ? undefined : `ends as ${status}${dueAt === undefined ? "" : ", overdue"}`;
}

/** The history is the whole path, without gaps. */
function wrongHistory(message: Message, writes: readonly WriteFact[]): string | undefined {
  const steps = writes
    .filter(({ before, after }) => before?.revision !== after.revision)
    .map(
      ({ before, after }): Pick<HistoryEntry, "from" | "to"> => ({
        from: before?.status ?? null,
        to: after.status,
      }),
    );
  const kept = message.history.length;
  if (kept + message.historyOmitted !== steps.length) {
    return `${steps.length} transitions, but ${kept} in the history and ${message.historyOmitted} left out`;
  }
  const expected =
    message.historyOmitted === 0 ? steps : [...steps.slice(0, FIRST), ...steps.slice(FIRST - kept)];
  const differs = message.history.findIndex(
    ({ from, to }, index) => from !== expected[index]?.from || to !== expected[index]?.to,
  );
  if (differs >= 0) return `entry ${differs + 1} of the history is not what happened`;
  return kept > FIRST + LATEST + 1 ? "the history grows without bound" : undefined;
}

/** Requests seen by the target = attempts recorded as sent; one that is not recorded is UNKNOWN and explained. */
function wrongAttempts(message: Message, ledger: Ledger, settings: Settings): string | undefined {
  const { messageId } = message;
  const records = [...(ledger.attempts.get(messageId)?.values() ?? [])];
  if (message.firstAttempt) records.push(message.firstAttempt);
  const requests = ledger.requestsOf(messageId);
  for (const { before, after, process } of ledger.writesOf(messageId)) {
    if (before?.claimId === after.claimId || after.claimId === undefined) continue;
    const ofClaim = records.filter((record) => record.claimId === after.claimId);
    const request = requests.find((one) => one.claimId === after.claimId);
    const record = ofClaim[0];
    if (record) {
      const text = wrongRecord(record, request?.status, after);
      if (text) return text;
      continue;
    }
    const takenEarly = wasTakenEarly(ledger, settings, after.claimId);
    const neverBegan = request === undefined && (ledger.isSlowed(process) || takenEarly);
    // A listener whose delivery was taken away is told so; a worker records its attempt all the same.
    const toldSo = process.startsWith("listener") && takenEarly;
    if (!ledger.isExcused(process) && !neverBegan && !toldSo) {
      return `attempt ${after.attempt} is UNKNOWN, and no fault explains it`;
    }
  }
  const numbers = new Set(records.map(({ number, claimId }) => `${number} ${claimId}`));
  if (new Set(records.map(({ number }) => number)).size < numbers.size) {
    return "two attempts are recorded under one number";
  }
  const beyond = requests.find(({ attempt }) => attempt > message.attempt);
  return beyond && `a request of attempt ${beyond.attempt}, but the message counts ${message.attempt}`;
}

function wrongRecord(record: Attempt, seen: number | undefined, claim: Message): string | undefined {
  if (record.number !== claim.attempt) return `attempt ${claim.attempt} is recorded as ${record.number}`;
  const { responseStatus } = record;
  return responseStatus !== undefined && responseStatus !== seen
    ? `attempt ${record.number} is recorded with ${responseStatus}, but the target answered ${seen}`
    : undefined;
}

/** Whoever marked a message QUEUED and lived without a fault has sent its copy. */
function leftUndone({ messageId }: Message, ledger: Ledger): string | undefined {
  const writes = ledger.writesOf(messageId);
  for (const [index, { at, process, after }] of writes.entries()) {
    const reason = after.history.at(-1)?.reason;
    const isMarked = reason === "ENQUEUED" || reason === "EXPANDED";
    if (!isMarked || writes[index - 1]?.after.sendId === after.sendId) continue;
    const sent = ledger.sends.has(after.sendId ?? "");
    const next = writes[index + 1];
    const wasHidden = next !== undefined && next.at <= at + HIDING_MS;
    const isExcused = ledger.isExcused(process) || ledger.isSlowed(process);
    if (!sent && !wasHidden && !isExcused) return "marked QUEUED, and nothing was sent";
  }
  return undefined;
}

function wrongAnswer(answer: AnswerFact, ledger: Ledger): string | undefined {
  const { result, kind, correlationId, idempotent, process } = answer;
  if (!(result instanceof HomingError)) {
    const isAccepted = kind === "post" || kind === "retry";
    return (
      wasEver(result.message, ledger) ??
      (isAccepted ? wrongAcceptance(result.message, answer, ledger) : undefined)
    );
  }
  if (result.code === "SYSTEM_ERROR" && !ledger.faults.some((fault) => fault.process === process))
    return "a caller is told of an error, and none of its calls met one";
  const stored = result.stored?.messageId;
  if (stored !== undefined && ledger.state(stored) === undefined) {
    return "an error says that the message is stored, and it is not";
  }
  if (result.code === "CONFLICT") {
    const own = ledger.writes.find(
      ({ before, after }) =>
        before?.revision !== after.revision && after.history.at(-1)?.correlationId === correlationId,
    );
    const following = ledger
      .writesOf(own?.after.messageId ?? "")
      .find(({ before }) => before?.revision === own?.after.revision);
    const wasHidden = following !== undefined && following.at <= answer.at;
    if (own && !wasHidden) return `a ${kind} that took effect is answered CONFLICT`;
  }
  if (kind === "post" && !idempotent && result.retryable) {
    const stored = ledger.states().find((message) => message.correlationId === correlationId);
    if (stored && stored.status !== "CANCELLED") {
      return "a call without a key may be repeated, although its message is stored";
    }
  }
  return undefined;
}

function doubledKey(ledger: Ledger): Finding | undefined {
  const keys = new Set<string>();
  for (const { messageId, senderId, idempotencyKey } of ledger.states()) {
    if (idempotencyKey === undefined) continue;
    const key = `${senderId} ${idempotencyKey}`;
    if (keys.has(key)) return { messageId, text: "one idempotency key made two messages" };
    keys.add(key);
  }
  return undefined;
}
