/** The commands that look at messages and move them. */
import type { ListFilter, Status } from "@homing/client/source/types";
import { cancel } from "./cancel.ts";
import { command, noArguments, onlyArgument } from "./command.ts";
import { ENDPOINTS } from "./endpoint-commands.ts";
import { EVENTS } from "./event-commands.ts";
import {
  FAILURE_EXPLANATION,
  FAILURE_OPTION,
  FILTER_EXPLANATIONS,
  FILTER_OPTIONS,
  filterOf,
} from "./filter-options.ts";
import { messageCells, messageLines, statsLines } from "./format.ts";
import { IMPORT } from "./import-svix.ts";
import { lane, lanes, skip } from "./lane-commands.ts";
import { LIMIT_EXPLANATION, LIMIT_OPTION, limitOf } from "./limit.ts";
import { listen } from "./listen.ts";
import type { CommandLine } from "./main.ts";
import { memberText } from "./member-text.ts";
import { portal } from "./portal.ts";
import { resolve } from "./resolve.ts";
import { retry } from "./retry.ts";
import { send } from "./send.ts";
import { tail } from "./tail.ts";
import { targets } from "./targets.ts";
import { EXIT } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const STATUSES: readonly string[] = ["PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"];

const get = command({
  summary: "Show a message, its history and its attempts",
  usage: "homing get MESSAGE_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, show }) => {
    const messageId = onlyArgument(positionals, "Message id");
    const answer = await client.getJson(messageId, { signal: terminal.signal });
    show(answer, ({ text }) => messageLines(JSON.parse(text), memberText(text, "body")));
    return EXIT.done;
  },
});

const list = command({
  summary: "List messages, newest first",
  usage: "homing list [--status FAILED] [options]",
  options: {
    ...FILTER_OPTIONS,
    ...FAILURE_OPTION,
    status: { type: "string", choices: STATUSES },
    "rolled-back": { type: "boolean" },
    "idempotency-key": { type: "string" },
    "ordering-key": { type: "string" },
    "correlation-id": { type: "string" },
    "id-part": { type: "string" },
    metadata: { type: "string" },
    ...LIMIT_OPTION,
  },
  explanations: [
    "--status S        PENDING, QUEUED, PROCESSING, COMPLETED, FAILED or CANCELLED",
    "--rolled-back     rolled back after a failed send, and neither claimed nor finished since",
    ...FILTER_EXPLANATIONS,
    FAILURE_EXPLANATION,
    "--idempotency-key K  the message of this key; with --sender",
    "--ordering-key K  those with this key; with --sender",
    "--correlation-id C  those that came with a call of this correlation id",
    "--id-part P       those with this in their id, at least 4 characters; msg_P: it begins so",
    "--metadata N=V    those whose metadata have this value under this name",
    LIMIT_EXPLANATION,
  ],
  run: async ({ client, terminal, values, positionals, json, showAll, note }) => {
    noArguments(positionals);
    const limit = limitOf(values.limit);
    const filter: ListFilter = {
      ...filterOf(values, terminal.now()),
      status: statusOf(values.status),
      rolledBack: values["rolled-back"],
      idempotencyKey: values["idempotency-key"],
      orderingKey: values["ordering-key"],
      correlationId: values["correlation-id"],
      idPart: values["id-part"],
      metadata: values.metadata,
    };
    const listed = await showAll(client.list(filter, { signal: terminal.signal }), messageCells, limit);
    if (listed === 0 && !json) note("Nothing.");
    return EXIT.done;
  },
});

const stats = command({
  summary: "Count messages by status, and what is in the queue",
  usage: "homing stats [--sender S] [--endpoint EP]",
  options: { sender: { type: "string" }, endpoint: { type: "string" } },
  explanations: [
    "--sender S        of this sender",
    "--endpoint EP     of what its events of the last 24 hours have come to",
  ],
  run: async ({ client, terminal, values, positionals, show }) => {
    noArguments(positionals);
    const { signal } = terminal;
    const counted = await client.stats({ senderId: values.sender, endpointId: values.endpoint, signal });
    // Without the queue's numbers it does not answer, or they are one sender's or endpoint's.
    const seesQueue =
      values.sender === undefined &&
      values.endpoint === undefined &&
      (counted.queue !== undefined || (await client.ownKey({ signal })).senderId === "*");
    show(counted, (stats) => statsLines(stats, seesQueue));
    return EXIT.done;
  },
});

export const COMMANDS: CommandLine["commands"] = {
  send,
  get,
  list,
  retry,
  cancel,
  resolve,
  skip,
  tail,
  listen,
  stats,
  targets,
  lanes,
  lane,
  endpoints: ENDPOINTS,
  event: EVENTS,
  import: IMPORT,
  portal,
};

function statusOf(text: string | undefined): Status | undefined {
  if (text === undefined) return undefined;
  const status = text.toUpperCase();
  if (!STATUSES.includes(status))
    throw new UsageError(`--status: "${text}" is none of ${STATUSES.join(", ")}.`);
  return status as Status;
}
