/** One message again, or many: those are counted first, and nothing is done that nobody has agreed to. */
import type { HomingClient } from "../homing-client.ts";
import type { RetryFilter } from "../types.ts";
import { command, noArguments, onlyArgument } from "./command.ts";
import { FILTER_EXPLANATIONS, FILTER_OPTIONS, filterOf } from "./filter-options.ts";
import { movedLine } from "./format.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Counting ends here: whoever is asked about so many need not know how many more there are. */
const MOST_COUNTED = 10_000;

export const retry = command({
  summary: "Retry a failed message or send a waiting one now, or retry all that failed",
  usage: "homing retry MESSAGE_ID | homing retry --all [options]",
  options: {
    ...FILTER_OPTIONS,
    all: { type: "boolean" },
    "dry-run": { type: "boolean" },
    yes: { type: "boolean", short: "y" },
  },
  explanations: [
    "--all             every failed message that matches; counts them, and asks",
    "--dry-run         only count them",
    "--yes, -y         do not ask",
    ...FILTER_EXPLANATIONS,
  ],
  run: async ({ client, terminal, values, positionals, json, show, note }) => {
    const { signal } = terminal;
    const { all = false, ...forMany } = values;
    if (!all) {
      const [unused] = Object.keys(forMany).filter((name) => name !== "json" && name !== "url");
      if (unused !== undefined) throw new UsageError(`--${unused} can be used with --all only.`);
      const moved = await client.retry(onlyArgument(positionals, "Message id"), { signal });
      show(moved, (one) => [movedLine(one)]);
      return EXIT.done;
    }
    noArguments(positionals);
    const filter = filterOf(values, terminal.now());
    if (values["dry-run"]) {
      show(await count(client, filter, signal), (counted) => [`${textOf(counted)} would be retried`]);
      return EXIT.done;
    }
    if (!values.yes) {
      const counted = await count(client, filter, signal);
      if (counted.matching > 0 && !(await isAgreed(counted, terminal))) {
        note("Nothing was retried.");
        return EXIT.failed;
      }
    }
    const sum = { retried: 0, skipped: 0 };
    for await (const { retried, skipped, nextCursor } of client.retryAll(filter, { signal })) {
      sum.retried += retried;
      sum.skipped += skipped;
      if (nextCursor !== undefined && !json) note(`${sum.retried} retried so far`);
    }
    show(sum, ({ retried, skipped }) => [`${retried} retried, ${skipped} skipped`]);
    return EXIT.done;
  },
});

interface Counted {
  readonly matching: number;
  /** There are more: counting has ended. */
  readonly capped: boolean;
  /** How many failed for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

async function count(client: HomingClient, filter: RetryFilter, signal: AbortSignal): Promise<Counted> {
  const reasons: Record<string, number> = {};
  let matching = 0;
  for await (const { failureReason = "UNKNOWN" } of client.list(
    { ...filter, status: "FAILED" },
    { signal },
  )) {
    if (matching === MOST_COUNTED) return { matching, capped: true, reasons };
    matching += 1;
    reasons[failureReason] = (reasons[failureReason] ?? 0) + 1;
  }
  return { matching, capped: false, reasons };
}

/** @throws UsageError if nobody can be asked. */
async function isAgreed(counted: Counted, { ask }: Pick<Terminal, "ask">): Promise<boolean> {
  if (!ask) throw new UsageError(`This would retry ${textOf(counted)}; --yes does so without asking.`);
  return /^\s*y(?:es)?\s*$/i.test(await ask(`Retry ${textOf(counted)}? [y/N] `));
}

function textOf({ matching, capped, reasons }: Counted): string {
  const number = `${capped ? "more than " : ""}${matching.toLocaleString("en")}`;
  const messages = matching === 1 ? "failed message" : "failed messages";
  const why = Object.entries(reasons)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, times]) => `${times.toLocaleString("en")} ${reason}`);
  return `${number} ${messages}${why.length === 0 ? "" : ` (${why.join(", ")})`}`;
}
