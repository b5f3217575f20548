/** Messages in lines for people. */
import { styleText } from "node:util";
import type { ListItem, MessageView, StatsView, Status } from "../types.ts";

type Style = Parameters<typeof styleText>[0];

const STATUS_STYLE: Readonly<Record<Status, Style>> = {
  PENDING: "yellow",
  QUEUED: "cyan",
  PROCESSING: "blue",
  COMPLETED: "green",
  FAILED: "red",
  CANCELLED: "gray",
};
const STATUS_WIDTH = 10;

/** One message on one line. */
export function messageLine(item: ListItem, colours: boolean): string {
  const { status, messageId, createdAt, method = "", senderId, attemptCount, maxAttempts } = item;
  const name = status.padEnd(STATUS_WIDTH);
  return [
    createdAt.replace("T", " ").slice(0, 19),
    colours ? styleText(STATUS_STYLE[status], name, { validateStream: false }) : name,
    messageId,
    senderId,
    `${method} ${placeOf(item.targetUrl)}`,
    `attempt ${attemptCount}/${maxAttempts}`,
    reasonOf(item),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

/** Why it is where it is, and when that changes. */
function reasonOf(item: ListItem): string {
  const { failureReason, pendingReason, nextAttemptAt, rolledBackAt, finishedAt } = item;
  const reason = failureReason ?? pendingReason ?? "";
  const next = nextAttemptAt === undefined ? "" : `next ${nextAttemptAt.slice(11, 19)}`;
  const rolledBack = rolledBackAt === undefined || finishedAt !== undefined ? "" : "rolled back";
  return [reason, rolledBack, next].filter((part) => part !== "").join(", ");
}

/** Without the query, which may hold secrets. */
function placeOf(targetUrl: string | undefined): string {
  const url = targetUrl === undefined ? null : URL.parse(targetUrl);
  return url ? `${url.host}${url.pathname}` : "";
}

/** A message with its story. */
export function messageText(message: MessageView, colours: boolean): string {
  const { history, attempts, body, headers, metadata } = message;
  return [
    messageLine(message, colours),
    ...section(
      "history",
      history,
      ({ at, from, to, reason }) => `${at}  ${from ?? "new"} → ${to}  ${reason}`,
    ),
    ...section("attempts", attempts, (attempt) => {
      const { number, outcome, responseStatus, errorCode, durationMs, decision } = attempt;
      const result = responseStatus ?? errorCode ?? "";
      const took = durationMs === undefined ? "" : `${durationMs} ms`;
      return [number, outcome, result, took, decision?.explanation ?? ""]
        .filter((part) => part !== "")
        .join("  ");
    }),
    ...section("metadata", Object.entries(metadata ?? {}), ([name, value]) => `${name}: ${value}`),
    ...section("headers", Object.entries(headers ?? {}), ([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ["body", `  ${JSON.stringify(body)}`]),
  ].join("\n");
}

function section<T>(title: string, rows: readonly T[], line: (row: T) => string): string[] {
  return rows.length === 0 ? [] : [title, ...rows.map((row) => `  ${line(row)}`)];
}

export function statsText(stats: StatsView): string {
  const { counts, rolledBack, queue, deadLetters, oldestOverdueSeconds } = stats;
  const rows: Array<[string, number | string]> = [
    ...Object.entries(counts),
    ["rolled back", rolledBack],
    ["queue visible", queue?.visible ?? NO_ANSWER],
    ["queue in flight", queue?.inFlight ?? NO_ANSWER],
    ["queue delayed", queue?.delayed ?? NO_ANSWER],
    ["dead letters", deadLetters ?? NO_ANSWER],
    ["overdue seconds", oldestOverdueSeconds],
  ];
  const width = Math.max(...rows.map(([, count]) => String(count).length));
  return rows.map(([name, count]) => `${name.padEnd(16)} ${String(count).padStart(width)}`).join("\n");
}

/** In the place of a number, while the queue is down. */
const NO_ANSWER = "?";
