/** A failure that has been dealt with, or many. */
import { command, onlyArgument } from "./command.ts";
import {
  FAILURE_EXPLANATION,
  FAILURE_OPTION,
  FILTER_EXPLANATIONS,
  FILTER_OPTIONS,
  filterOf,
} from "./filter-options.ts";
import { movedLine } from "./format.ts";
import { MANY_EXPLANATIONS, MANY_OPTIONS, moveMany, refuseOptionsForMany } from "./move-many.ts";
import { EXIT } from "./terminal.ts";

export const resolve = command({
  summary: "Say that a failure has been dealt with: it stays found, and calls for attention no more",
  usage: "homing resolve MESSAGE_ID | homing resolve --all [options]",
  options: { ...FILTER_OPTIONS, ...FAILURE_OPTION, ...MANY_OPTIONS, all: { type: "boolean" } },
  explanations: [
    "--all             every failed message that matches; counts them, and asks",
    ...MANY_EXPLANATIONS,
    ...FILTER_EXPLANATIONS,
    FAILURE_EXPLANATION,
  ],
  run: async (invocation) => {
    const { client, terminal, values, positionals, show } = invocation;
    const { signal } = terminal;
    const { all = false, ...forMany } = values;
    if (!all) {
      refuseOptionsForMany(forMany);
      const moved = await client.resolve(onlyArgument(positionals, "Message id"), { signal });
      show(moved, (one) => [movedLine(one)]);
      return EXIT.done;
    }
    const filter = filterOf(values, terminal.now());
    return moveMany(invocation, {
      verb: "Resolve",
      done: "resolved",
      which: "failed",
      count: () => client.countRetryable(filter, { signal }),
      stretches: () => client.resolveAll(filter, { signal }),
    });
  },
});
