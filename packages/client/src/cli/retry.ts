/** One message again, or many: those are counted first, and nothing is done that nobody has agreed to. */
import { command, noArguments, onlyArgument } from "./command.ts";
import { FILTER_EXPLANATIONS, FILTER_OPTIONS, filterOf } from "./filter-options.ts";
import { movedLine } from "./format.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

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
      const matching = await client.countRetryable(filter, { signal });
      show({ matching }, () => [`${textOf(matching)} would be retried`]);
      return EXIT.done;
    }
    if (!values.yes) {
      const matching = await client.countRetryable(filter, { signal });
      if (matching > 0 && !(await isAgreed(matching, terminal))) {
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

/** @throws UsageError if nobody can be asked. */
async function isAgreed(matching: number, { ask }: Pick<Terminal, "ask">): Promise<boolean> {
  if (!ask) throw new UsageError(`This would retry ${textOf(matching)}; --yes does so without asking.`);
  return /^\s*y(?:es)?\s*$/i.test(await ask(`Retry ${textOf(matching)}? [y/N] `));
}

function textOf(matching: number): string {
  return `${matching.toLocaleString("en")} failed message${matching === 1 ? "" : "s"}`;
}
