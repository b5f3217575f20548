import { runChild, startChild } from "../child.ts";
import { lambdaEnvironment } from "../lambda/environment.ts";
import type { Comparison } from "../measure.ts";
import { atMost, type Row, times } from "../row.ts";

const ROUNDS = 60;
const CPU_LIMIT = 1.3;
const WALL_LIMIT = 1.15;

interface Wall {
  readonly ten: number;
  readonly one: number;
  readonly ratio: number;
}

interface Measured {
  readonly cpu: Comparison;
  readonly wall: Wall;
  readonly bareWall: Wall;
  readonly calls: readonly string[];
}

/** A delivered message against the same SDK calls and one undici request; and a batch against its slowest. */
export const worker: Row = {
  name: "worker",
  run: async () => {
    const target = await startChild<{ port: number }>(
      new URL("../lambda/target-process.ts", import.meta.url),
    );
    try {
      const { cpu, wall, bareWall, calls } = await runChild<Measured>(
        new URL("../lambda/deliver-process.ts", import.meta.url),
        {
          env: lambdaEnvironment("worker"),
          args: [String(ROUNDS), `http://127.0.0.1:${target.message.port}`],
        },
      );
      const perSecond = (microseconds: number) => (1_000_000 / microseconds).toFixed(0);
      return [
        {
          what: `CPU of a delivered message / of its ${calls.length} SDK calls and request`,
          target: `≤ ${CPU_LIMIT} ×`,
          result: `${times(cpu.ratio)} (${perSecond(cpu.ours)} / ${perSecond(cpu.bare)} a CPU second)`,
          ...atMost(cpu.ratio, CPU_LIMIT),
          values: { ...cpu, calls },
        },
        {
          what: "Wall time of a batch of 10 with 100 ms targets / of one",
          target: `≤ ${WALL_LIMIT} ×`,
          result: `${times(wall.ratio)} (${wall.ten.toFixed(0)} / ${wall.one.toFixed(0)} ms; bare calls ${times(bareWall.ratio)})`,
          ...atMost(wall.ratio, WALL_LIMIT),
          values: { ...wall, bare: bareWall },
        },
      ];
    } finally {
      await target.stop();
    }
  },
};
