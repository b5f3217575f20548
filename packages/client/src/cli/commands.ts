/** The commands that look at messages and move them. */
import type { ListFilter, Status } from "../types.ts";
import { type Command, command, noArguments, onlyArgument } from "./command.ts";
import { FILTER_EXPLANATIONS, FILTER_OPTIONS, filterOf } from "./filter-options.ts";
import { messageLine, messageText, statsText } from "./format.ts";
import { send } from "./send.ts";
import { tail } from "./tail.ts";
import { EXIT } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const DEFAULT_LISTED = 50;

const get = command({
  summary: "Show a message, its history and its attempts",
  usage: "homing get MESSAGE_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, json }) => {
    const message = await client.get(onlyArgument(positionals, "Message id"), { signal: terminal.signal });
    terminal.out(json ? JSON.stringify(message) : messageText(message, terminal.isInteractive));
    return EXIT.done;
  },
});

const list = command({
  summary: "List messages, newest first",
  usage: "homing list [--status FAILED] [options]",
  options: {
    ...FILTER_OPTIONS,
    status: { type: "string" },
    "rolled-back": { type: "boolean" },
    "idempotency-key": { type: "string" },
    limit: { type: "string" },
  },
  explanations: [
    "--status S        PENDING, QUEUED, PROCESSING, COMPLETED, FAILED or CANCELLED",
    "--rolled-back     rolled back after a failed send, and not finished",
    ...FILTER_EXPLANATIONS,
    "--idempotency-key K  the message of this key; with --sender",
    `--limit N         at most so many; ${DEFAULT_LISTED} unless given`,
  ],
  run: async ({ client, terminal, values, positionals, json }) => {
    noArguments(positionals);
    const limit = limitOf(values.limit);
    const filter: ListFilter = {
      ...filterOf(values, terminal.now()),
      status: statusOf(values.status),
      rolledBack: values["rolled-back"],
      idempotencyKey: values["idempotency-key"],
    };
    let listed = 0;
    for await (const item of client.list(filter, { signal: terminal.signal })) {
      terminal.out(json ? JSON.stringify(item) : messageLine(item, terminal.isInteractive));
      listed += 1;
      if (listed === limit) break;
    }
    if (listed === 0 && !json) terminal.err("Nothing.");
    return EXIT.done;
  },
});

const retry = command({
  summary: "Retry a failed message or send a waiting one now, or retry all that failed",
  usage: "homing retry MESSAGE_ID | homing retry --all [options]",
  options: { ...FILTER_OPTIONS, all: { type: "boolean" } },
  explanations: ["--all             every failed message that matches", ...FILTER_EXPLANATIONS],
  run: async ({ client, terminal, values, positionals, json }) => {
    const { signal } = terminal;
    if (!values.all) {
      const moved = await client.retry(onlyArgument(positionals, "Message id"), { signal });
      terminal.out(json ? JSON.stringify(moved) : `${moved.messageId}  ${moved.status}`);
      return EXIT.done;
    }
    noArguments(positionals);
    const sum = { retried: 0, skipped: 0 };
    for await (const { retried, skipped, nextCursor } of client.retryAll(filterOf(values, terminal.now()), {
      signal,
    })) {
      sum.retried += retried;
      sum.skipped += skipped;
      if (nextCursor !== undefined && !json) terminal.err(`${sum.retried} retried so far`);
    }
    terminal.out(json ? JSON.stringify(sum) : `${sum.retried} retried, ${sum.skipped} skipped`);
    return EXIT.done;
  },
});

const cancel = command({
  summary: "Cancel a message that is not being delivered",
  usage: "homing cancel MESSAGE_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, json }) => {
    const moved = await client.cancel(onlyArgument(positionals, "Message id"), { signal: terminal.signal });
    terminal.out(json ? JSON.stringify(moved) : `${moved.messageId}  ${moved.status}`);
    return EXIT.done;
  },
});

const stats = command({
  summary: "Count messages by status, and what is in the queue",
  usage: "homing stats [--sender S]",
  options: { sender: { type: "string" } },
  explanations: ["--sender S        of this sender"],
  run: async ({ client, terminal, values, positionals, json }) => {
    noArguments(positionals);
    const counted = await client.stats({ senderId: values.sender, signal: terminal.signal });
    terminal.out(json ? JSON.stringify(counted) : statsText(counted));
    return EXIT.done;
  },
});

export const COMMANDS: Readonly<Record<string, Command>> = { send, get, list, retry, cancel, tail, stats };

const STATUSES: readonly string[] = ["PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"];

function statusOf(text: string | undefined): Status | undefined {
  if (text === undefined) return undefined;
  const status = text.toUpperCase();
  if (!STATUSES.includes(status))
    throw new UsageError(`--status: "${text}" is none of ${STATUSES.join(", ")}.`);
  return status as Status;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LISTED;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--limit: "${text}" is not a whole number above 0.`);
  return Number(text);
}
