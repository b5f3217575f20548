import { workerSubscription } from "@homing/core/queue/queue-definition";
import { type Fleet, quietTimes, type Scenario } from "../fair/simulation.ts";
import { median, quantile } from "../measure.ts";
import { atMost, type Finding, type Row, times } from "../row.ts";

const LIMIT = 3;
const NOISY_MESSAGES = 10_000;
const SLOW_MS = 2_000;
/** The slowest is one that never answers. */
const JUDGED_MS = [SLOW_MS, 5_000, 15_000];
const SEEDS = [1, 2, 3, 4, 5];
const FLEET: Fleet = {
  concurrency: workerSubscription.maximumConcurrency,
  batchSize: workerSubscription.batchSize,
};

/** A quiet sender beside a noisy one. A simulation: there is no fair queue outside AWS to measure. */
export const fair: Row = {
  name: "fair",
  run: async () => {
    const alone = simulate({ noisyMessages: 0, noisyTargetMs: 0, fair: true, sharesHands: true });
    const noisy = { noisyMessages: NOISY_MESSAGES, noisyTargetMs: SLOW_MS };
    const inOrder = simulate({ ...noisy, fair: false, sharesHands: false });
    const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
    return [
      ...JUDGED_MS.map((targetMs) => {
        const judged = finding(targetMs, alone);
        return { ...judged, target: `≤ ${LIMIT} ×`, ...atMost(Number(judged.values.ratio), LIMIT) };
      }),
      {
        what: `The same with ${seconds(SLOW_MS)} on a queue that is not fair`,
        target: "",
        result: `p99 ${seconds(inOrder.p99)}`,
        values: inOrder,
      },
    ];
  },
};

interface Spread extends Record<string, number> {
  readonly p50: number;
  readonly p99: number;
}

function finding(noisyTargetMs: number, alone: Spread): Finding {
  const beside = simulate({ noisyMessages: NOISY_MESSAGES, noisyTargetMs, fair: true, sharesHands: true });
  const ratio = beside.p99 / alone.p99;
  return {
    what: `Simulated: quiet sender beside ${NOISY_MESSAGES} messages to a ${noisyTargetMs / 1_000} s target / alone, p99`,
    target: "",
    result: `${times(ratio)} (${beside.p99.toFixed(0)} / ${alone.p99.toFixed(0)} ms)`,
    values: { ratio, alone, beside },
  };
}

function simulate(scenario: Scenario): Spread {
  const all = SEEDS.flatMap((seed) => quietTimes(scenario, FLEET, mulberry32(seed)));
  return { p50: median(all), p99: quantile(all, 0.99) };
}

/** A small seeded generator (mulberry32, public domain): the same numbers on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
