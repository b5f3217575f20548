/** One message again, or many. */
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

export const retry = command({
  summary: "Retry a failed message or send a waiting one now, or retry all that failed",
  usage: "homing retry MESSAGE_ID | homing retry --all [options]",
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
      const moved = await client.retry(onlyArgument(positionals, "Message id"), { signal });
      show(moved, (one) => [movedLine(one)]);
      return EXIT.done;
    }
    const filter = filterOf(values, terminal.now());
    return moveMany(invocation, {
      verb: "Retry",
      done: "retried",
      which: "failed",
      count: () => client.countRetryable(filter, { signal }),
      stretches: () => client.retryAll(filter, { signal }),
    });
  },
});
