/** The commands that look at messages in order, and at what holds them up. */
import type { LaneView } from "@homing/client/source/types";
import { command, noArguments, onlyArgument } from "./command.ts";
import { movedLine } from "./format.ts";
import { LIMIT_EXPLANATION, LIMIT_OPTION, limitOf } from "./limit.ts";
import type { Cell, Line } from "./output.ts";
import { EXIT } from "./terminal.ts";

const STATE_STYLE = { FLOWING: "green", HELD_UP: "yellow", BLOCKED: "red" } as const;

const SENDER_OPTION = { sender: { type: "string" } } as const;

export const lanes = command({
  summary: "List ordering keys whose messages do not move, the longest first",
  usage: "homing lanes [--sender S]",
  options: { ...SENDER_OPTION, ...LIMIT_OPTION },
  explanations: ["--sender S        of this sender", LIMIT_EXPLANATION],
  run: async ({ client, terminal, values, positionals, showAll, note, json }) => {
    noArguments(positionals);
    const found = client.lanes({ senderId: values.sender }, { signal: terminal.signal });
    const listed = await showAll(found, laneCells, limitOf(values.limit));
    if (listed === 0 && !json) note("Nothing.");
    return EXIT.done;
  },
});

export const lane = command({
  summary: "Show what is first of an ordering key, and how many wait behind it",
  usage: "homing lane ORDERING_KEY [--sender S]",
  options: SENDER_OPTION,
  explanations: ["--sender S        whose key it is"],
  run: async ({ client, terminal, values, positionals, show }) => {
    const orderingKey = onlyArgument(positionals, "Ordering key");
    const { signal } = terminal;
    const found = await client.lane(orderingKey, { senderId: values.sender, signal });
    show(found, (one) => [laneCells(one), ...headLines(one)]);
    return EXIT.done;
  },
});

export const skip = command({
  summary: "Let the messages behind a failed one that blocks them go on",
  usage: "homing skip MESSAGE_ID",
  options: {},
  explanations: [],
  run: async ({ client, terminal, positionals, show }) => {
    const { signal } = terminal;
    const moved = await client.skip(onlyArgument(positionals, "Message id"), { signal });
    show(moved, (one) => [movedLine(one)]);
    return EXIT.done;
  },
});

function laneCells({ senderId, orderingKey, state, head, since, waiting, capped }: LaneView): Cell[] {
  return [
    { text: state, style: STATE_STYLE[state] },
    senderId,
    orderingKey,
    head?.messageId ?? "",
    since === undefined ? "" : `since ${since.replace("T", " ").slice(0, 19)}`,
    `${capped ? "at least " : ""}${waiting} waiting`,
  ];
}

function headLines({ head }: LaneView): Line[] {
  if (head === undefined) return [];
  const { messageId, status, attemptCount, nextAttemptAt } = head;
  const next = nextAttemptAt === undefined ? "" : `next ${nextAttemptAt}`;
  return [["first in line", messageId, status, `attempts ${attemptCount}`, next]];
}
