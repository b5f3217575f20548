import { runChild, startChild } from "../child.ts";
import { median } from "../measure.ts";
import { atLeast, type Row, times } from "../row.ts";
import type { Drained } from "../store/backlog-process.ts";

const LIMIT = 0.9;
const MESSAGES = 50_000;
const WINDOW = 1_000;
/** The start and the end, as shares of all windows. */
const SHARE = 0.2;

/** Whether the worker keeps its pace, and its memory, to the end of a long queue. */
export const backlog: Row = {
  name: "backlog",
  run: async () => {
    const target = await startChild<{ port: number }>(
      new URL("../lambda/target-process.ts", import.meta.url),
    );
    try {
      const { endedAt, rssMb } = await runChild<Drained>(
        new URL("../store/backlog-process.ts", import.meta.url),
        { args: [String(MESSAGES), String(WINDOW), `http://127.0.0.1:${target.message.port}`] },
      );
      const rates = endedAt.map((seconds, index) => WINDOW / (seconds - (endedAt[index - 1] ?? 0)));
      // The first window warms up.
      const steady = rates.slice(1);
      const part = Math.round(steady.length * SHARE);
      const [start, end] = [median(steady.slice(0, part)), median(steady.slice(-part))];
      const ratio = end / start;
      const [firstMb = 0, lastMb = 0] = [rssMb[1], rssMb.at(-1)];
      return [
        {
          what: `Draining ${MESSAGES} messages: rate at the end / at the start`,
          target: `≥ ${LIMIT} ×`,
          result: `${times(ratio)} (${end.toFixed(0)} / ${start.toFixed(0)} messages/s)`,
          ...atLeast(ratio, LIMIT),
          values: { ratio, rates, rssMb },
        },
        {
          what: "Memory at the start and at the end, the embedded servers and all messages included",
          target: "",
          result: `${firstMb.toFixed(0)} / ${lastMb.toFixed(0)} MB`,
          values: {},
        },
      ];
    } finally {
      await target.stop();
    }
  },
};
