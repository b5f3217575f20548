/** One message ended, or many. */
import { command, onlyArgument } from "./command.ts";
import { FILTER_EXPLANATIONS, FILTER_OPTIONS, filterOf } from "./filter-options.ts";
import { movedLine } from "./format.ts";
import { MANY_EXPLANATIONS, MANY_OPTIONS, moveMany, refuseOptionsForMany } from "./move-many.ts";
import { EXIT } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** In the order in which a message takes them: one that is queued meanwhile is met as QUEUED. */
const CANCELLABLE = ["PENDING", "QUEUED"] as const;
type Cancellable = (typeof CANCELLABLE)[number];

export const cancel = command({
  summary: "Cancel a message that is not being delivered, or all that wait",
  usage: "homing cancel MESSAGE_ID | homing cancel --all [options]",
  options: {
    ...FILTER_OPTIONS,
    ...MANY_OPTIONS,
    all: { type: "boolean" },
    status: { type: "string", choices: CANCELLABLE },
  },
  explanations: [
    "--all             every PENDING or QUEUED message that matches; counts them, and asks",
    "--status S        only those that are PENDING, or only those that are QUEUED",
    ...MANY_EXPLANATIONS,
    ...FILTER_EXPLANATIONS,
  ],
  run: async (invocation) => {
    const { client, terminal, values, positionals, show } = invocation;
    const { signal } = terminal;
    const { all = false, ...forMany } = values;
    if (!all) {
      refuseOptionsForMany(forMany);
      const moved = await client.cancel(onlyArgument(positionals, "Message id"), { signal });
      show(moved, (one) => [movedLine(one)]);
      return EXIT.done;
    }
    const filter = filterOf(values, terminal.now());
    const statuses = statusesOf(values.status);
    return moveMany(invocation, {
      verb: "Cancel",
      done: "cancelled",
      which: values.status?.toUpperCase() ?? "waiting",
      count: async () => {
        let count = 0;
        for (const status of statuses)
          count += await client.countCancellable({ ...filter, status }, { signal });
        return count;
      },
      stretches: async function* () {
        for (const status of statuses) yield* client.cancelAll({ ...filter, status }, { signal });
      },
    });
  },
});

/** @throws UsageError */
function statusesOf(text: string | undefined): readonly Cancellable[] {
  if (text === undefined) return CANCELLABLE;
  const statuses = CANCELLABLE.filter((status) => status === text.toUpperCase());
  if (statuses.length === 0) throw new UsageError(`--status: "${text}" is neither PENDING nor QUEUED.`);
  return statuses;
}
