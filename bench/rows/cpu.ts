import { runChild } from "../child.ts";
import { lambdaEnvironment } from "../lambda/environment.ts";
import type { Comparison } from "../measure.ts";
import { atMost, type Row, times } from "../row.ts";

const ROUNDS = 60;
const LIMIT = 1.25;

/** An accepted message against a handler that makes the same calls, SDK and all, AWS answered in the process. */
export const cpu: Row = {
  name: "cpu",
  run: async () => {
    const { ours, bare, ratio, calls } = await runChild<Comparison & { calls: string[] }>(
      new URL("../lambda/accept-process.ts", import.meta.url),
      { env: lambdaEnvironment("api"), args: [String(ROUNDS)] },
    );
    return [
      {
        what: `CPU of an accepted message / of its ${calls.length} SDK calls`,
        target: `≤ ${LIMIT} ×`,
        result: `${times(ratio)} (${ours.toFixed(0)} / ${bare.toFixed(0)} µs)`,
        ...atMost(ratio, LIMIT),
        values: { ours, bare, ratio, calls },
      },
    ];
  },
};
