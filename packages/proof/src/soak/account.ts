/** The account of a soak: what was accepted, what became of it, what the target saw. It must balance. */
import type { MessageView } from "@homing/functions/api/answers/message";
import type { Treatment } from "./target.ts";

/** One message at the end, from all three sides. */
export interface Entry {
  readonly number: number;
  readonly treatment: Treatment;
  readonly cancelConfirmed: boolean;
  /** Every id that an answer gave for its idempotency key. */
  readonly messageIds: readonly string[];
  readonly message: MessageView;
  /** What the target answered to its requests, in order. */
  readonly answers: readonly number[];
}

export interface Account {
  readonly accepted: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly open: number;
  readonly attempts: number;
  readonly unknown: number;
  readonly requests: number;
  /** Requests after one that the target had answered 2xx. */
  readonly duplicates: number;
  /** What does not balance, in words; nothing if all does. */
  readonly problems: readonly string[];
}

/** `problems`: what is known not to balance besides. */
export function drawUp(entries: readonly Entry[], problems: readonly string[] = []): Account {
  const count = (status: string) => entries.filter(({ message }) => message.status === status).length;
  const sum = (of: (entry: Entry) => number) => entries.reduce((total, entry) => total + of(entry), 0);
  const [completed, failed, cancelled] = [count("COMPLETED"), count("FAILED"), count("CANCELLED")];
  return {
    accepted: entries.length,
    completed,
    failed,
    cancelled,
    open: entries.length - completed - failed - cancelled,
    attempts: sum(({ message }) => message.attempts.length),
    unknown: sum(unknownAttempts),
    requests: sum(({ answers }) => answers.length),
    duplicates: sum(({ answers }) => duplicateRequests(answers)),
    problems: [
      ...problems,
      ...entries.flatMap((entry) =>
        problemsOf(entry).map((problem) => `message ${entry.number} (${entry.treatment}): ${problem}`),
      ),
    ],
  };
}

function problemsOf(entry: Entry): string[] {
  const { message, answers, messageIds } = entry;
  const { status, attempts, attemptCount } = message;
  const problems: string[] = [];
  if (messageIds.length !== 1) problems.push(`its key made ${messageIds.length} messages`);
  const expected = expectedStatus(entry);
  if (status !== expected)
    problems.push(`is ${status} (${message.failureReason ?? ""}), should be ${expected}`);
  if ((message.dueAt !== undefined) !== isOpen(status)) problems.push(`is ${status}, dueAt ${message.dueAt}`);

  const numbers = attempts.map(({ number }) => number);
  if (numbers.some((number, index) => number !== index + 1) || numbers.length !== attemptCount) {
    problems.push(`counts ${attemptCount} attempts and shows ${numbers.join(" ")}`);
  }
  // A request that was not answered may have reached the target or not; any other certainly did.
  const answered = attempts.filter(({ responseStatus }) => responseStatus !== undefined).length;
  if (answers.length < answered || answers.length > attempts.length) {
    problems.push(
      `${answers.length} requests, but ${attempts.length} attempts, ${answered} of them answered`,
    );
  }
  if (status === "COMPLETED" && !answers.some(isSuccess)) problems.push("is COMPLETED without a 2xx");
  const duplicates = duplicateRequests(answers);
  // The sender did not learn of the success, or died between recording it and writing it into the message.
  const unanswered = attempts.length - answered;
  const unwritten = attempts.filter(({ outcome }) => outcome === "SUCCEEDED").length - 1;
  if (duplicates > unanswered + Math.max(0, unwritten)) {
    problems.push(`${duplicates} requests after a success, and nothing explains them`);
  }
  return problems;
}

function expectedStatus({ treatment, cancelConfirmed }: Entry): string {
  if (cancelConfirmed) return "CANCELLED";
  return treatment === "reject" ? "FAILED" : "COMPLETED";
}

function unknownAttempts({ message }: Entry): number {
  return message.attempts.filter(({ outcome }) => outcome === "UNKNOWN").length;
}

function duplicateRequests(answers: readonly number[]): number {
  const first = answers.findIndex(isSuccess);
  return first < 0 ? 0 : answers.length - first - 1;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function isOpen(status: string): boolean {
  return status === "PENDING" || status === "QUEUED" || status === "PROCESSING";
}
