/** Messages in lines for people. */
import type {
  Accepted,
  AttemptView,
  KeyView,
  ListItem,
  MessageView,
  Moved,
  StatsView,
  Status,
} from "@homing/client/source/types";
import type { Cell, Line } from "./output.ts";

const STATUS_STYLE = {
  PENDING: "yellow",
  QUEUED: "cyan",
  PROCESSING: "blue",
  COMPLETED: "green",
  FAILED: "red",
  CANCELLED: "gray",
} as const satisfies Record<Status, string>;
/** In `tail`, no line knows of the next. */
const STATUS_WIDTH = 10;

/** One message on one line. */
export function messageCells(item: ListItem): Cell[] {
  const { status, messageId, createdAt, method = "", senderId, attemptCount, maxAttempts } = item;
  return [
    createdAt.replace("T", " ").slice(0, 19),
    { text: status.padEnd(STATUS_WIDTH), style: STATUS_STYLE[status] },
    messageId,
    senderId,
    `${method} ${placeOf(item.targetUrl)}`,
    `attempt ${attemptCount}/${maxAttempts}`,
    reasonOf(item),
  ];
}

export function acceptedLine({ messageId, status, duplicate }: Accepted): Line {
  return [messageId, status, duplicate ? "sent before" : ""];
}

export function movedLine({ messageId, status, place }: Moved): Line {
  return [messageId, status, place === "END_OF_LINE" ? "at the end of its line" : ""];
}

export function keyCells({ keyId, senderId, scopes, name = "", createdAt, ...key }: KeyView): Cell[] {
  return [keyId, senderId, scopes.join(","), createdAt.slice(0, 19), name, endOf(key)];
}

function endOf({ revokedAt, expiresAt }: Pick<KeyView, "revokedAt" | "expiresAt">): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt.slice(0, 19)}`;
  return expiresAt === undefined ? "" : `until ${expiresAt.slice(0, 19)}`;
}

/** Why it is where it is, and when that changes. */
function reasonOf(item: ListItem): string {
  const { failureReason, pendingReason, nextAttemptAt, rolledBackAt, finishedAt } = item;
  const reason = failureReason ?? pendingReason ?? "";
  const next = nextAttemptAt === undefined ? "" : `next ${nextAttemptAt.slice(11, 19)}`;
  const rolledBack = rolledBackAt === undefined || finishedAt !== undefined ? "" : "rolled back";
  return [reason, rolledBack, next].filter((part) => part !== "").join(", ");
}

/** Without the query, which may hold secrets: lists are read over shoulders, and end in logs. */
function placeOf(targetUrl: string | undefined): string {
  if (targetUrl === undefined || !URL.canParse(targetUrl)) return "";
  const { host, pathname } = new URL(targetUrl);
  return `${host}${pathname}`;
}

/** A message with its story: all that the API tells of it. `bodyText` is its body as JSON. */
export function messageLines(message: MessageView, bodyText: string | undefined): Line[] {
  const { targetUrl, idempotencyKey, correlationId, deliverAt, deliverBy, dueAt, sends } = message;
  const { history, attempts, headers, metadata, orderingKey, sequence, waitsFor } = message;
  const lastAnswer = attempts.findLast(({ responseStatus }) => responseStatus !== undefined);
  return [
    messageCells(message),
    ...fields({
      "target URL": targetUrl,
      "idempotency key": idempotencyKey,
      "correlation id": correlationId,
      "ordering key": orderingKey,
      sequence: sequence === undefined ? undefined : String(sequence),
      "waits for":
        waitsFor && `${waitsFor.messageId}, ${waitsFor.capped ? "at least " : ""}${waitsFor.ahead} ahead`,
      "not before": deliverAt,
      "useless after": deliverBy,
      "due at": dueAt,
      sends: sendsText(sends),
    }),
    ...section("history", history, ({ at, from, to, reason }) => [at, `${from ?? "new"} → ${to}`, reason]),
    ...section("attempts", attempts, attemptCells),
    ...(lastAnswer ? answerLines(lastAnswer) : []),
    ...section("metadata", Object.entries(metadata ?? {}), pair),
    ...section("headers", Object.entries(headers ?? {}), pair),
    ...(bodyText === undefined ? [] : ["body", `  ${bodyText}`]),
  ];
}

function sendsText({ count, rollbacks, lastErrorCode }: ListItem["sends"]): string | undefined {
  if (rollbacks === 0) return undefined;
  return [`${count}, ${rollbacks} rolled back`, lastErrorCode ?? ""].filter((part) => part !== "").join(", ");
}

function attemptCells(attempt: AttemptView): string[] {
  const { number, outcome, startedAt = "", responseStatus, errorCode, durationMs, decision } = attempt;
  const result = responseStatus ?? errorCode ?? "";
  const took = durationMs === undefined ? "" : `${durationMs} ms`;
  return [`${number}`, startedAt, outcome, `${result}`, took, decision?.explanation ?? ""];
}

/** What the target last said. */
function answerLines(attempt: AttemptView): Line[] {
  const { number, responseStatus, responseHeaders = {}, responseBody = "", responseTruncated } = attempt;
  return [
    `answer to attempt ${number}: ${responseStatus}`,
    ...Object.entries(responseHeaders).map(([name, value]) => `  ${name}: ${value}`),
    ...(responseBody === "" ? [] : responseBody.split(/\r?\n/).map((line) => `  | ${line}`)),
    ...(responseTruncated ? ["  … the rest was not kept"] : []),
  ];
}

export const pair = ([name, value]: readonly [string, string]): string[] => [`${name}: ${value}`];

export function fields(values: Readonly<Record<string, string | undefined>>): Line[] {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

export function section<T>(title: string, rows: readonly T[], cells: (row: T) => readonly string[]): Line[] {
  if (rows.length === 0) return [];
  const indented = rows.map((row) => cells(row).map((cell, at) => (at === 0 ? `  ${cell}` : cell)));
  return [title, ...indented];
}

/** `seesQueue`: false where one sender's numbers are told, without the queue that all share. */
export function statsLines(stats: StatsView, seesQueue: boolean): Line[] {
  const { counts, rolledBack, queue, deadLetters, oldestOverdueSeconds } = stats;
  const rows: ReadonlyArray<readonly [string, number | string]> = [
    ...Object.entries(counts),
    ["rolled back", rolledBack],
    ...(seesQueue
      ? ([
          ["queue visible", queue?.visible ?? NO_ANSWER],
          ["queue in flight", queue?.inFlight ?? NO_ANSWER],
          ["queue delayed", queue?.delayed ?? NO_ANSWER],
          ["dead letters", deadLetters ?? NO_ANSWER],
        ] as const)
      : []),
    ["overdue seconds", oldestOverdueSeconds],
  ];
  const width = Math.max(...rows.map(([, count]) => String(count).length));
  return rows.map(([name, count]) => `${name.padEnd(16)} ${String(count).padStart(width)}`);
}

/** In the place of a number, while the queue is down. */
const NO_ANSWER = "?";
