import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../lambda/events.ts";
import { compare, median, quantile } from "../measure.ts";
import { atLeast, type Finding, type Row, times } from "../row.ts";
import { type Arrivals, startArrivals } from "../stack/arrivals.ts";
import { closedLoop } from "../stack/closed-loop.ts";
import { type Homing, startHoming } from "../stack/homing.ts";
import { startRaw } from "../stack/raw.ts";

const KIB = 1_024;
const ROUNDS = 5;
const END_TO_END_LIMIT = 0.8;
const BATCH_LIMIT = 1.7;
/** Messages in flight, and in all. */
const LEVELS = [
  { inFlight: 1, total: 60 },
  { inFlight: 16, total: 240 },
  { inFlight: 64, total: 640 },
];
const BATCH = 100;
const BATCHES_AT_ONCE = 2;
const BATCH_TOTAL = 1_000;

/** `npm start` against a raw loop of the same calls on the same servers, and batches against single calls. */
export const stack: Row = {
  name: "stack",
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "homing-bench-"));
    const arrivals = await startArrivals();
    try {
      const inMemory = await measureOn("memory", "memory", "memory", arrivals);
      const onDisk = await measureOn("disk", join(folder, "homing"), join(folder, "raw"), arrivals);
      return [...inMemory, ...onDisk];
    } finally {
      await arrivals.close();
      await rm(folder, { recursive: true });
    }
  },
};

async function measureOn(
  storage: string,
  dataDir: string,
  rawDataDir: string,
  arrivals: Arrivals,
): Promise<Finding[]> {
  const homing = await startHoming({ HOMING_DATA_DIR: dataDir });
  const raw = await startRaw(rawDataDir, arrivals.url);
  try {
    const findings: Finding[] = [];
    for (const { inFlight, total } of LEVELS) {
      const acceptMs: number[] = [];
      const endToEndMs: number[] = [];
      const ours = async () => {
        const run = await endToEnd(homing, arrivals, inFlight, total);
        acceptMs.push(...run.acceptMs);
        endToEndMs.push(...run.endToEndMs);
        return total / run.seconds;
      };
      const theirs = async () => total / (await raw.run({ inFlight, total })).seconds;
      await endToEnd(homing, arrivals, inFlight, total);
      await raw.run({ inFlight, total });
      const comparison = await compare(ours, theirs, ROUNDS);
      const spread = (values: readonly number[]) =>
        `${median(values).toFixed(0)}/${quantile(values, 0.99).toFixed(0)}`;
      findings.push({
        what: `End to end, ${storage}, ${inFlight} in flight / raw loop`,
        target: `≥ ${END_TO_END_LIMIT} ×`,
        result: `${times(comparison.ratio)} (${comparison.ours.toFixed(0)} / ${comparison.bare.toFixed(0)} messages/s; p50/p99 accept ${spread(acceptMs)} ms, delivered ${spread(endToEndMs)} ms)`,
        ...atLeast(comparison.ratio, END_TO_END_LIMIT),
        values: {
          ...comparison,
          acceptMs: { p50: median(acceptMs), p99: quantile(acceptMs, 0.99) },
          endToEndMs: { p50: median(endToEndMs), p99: quantile(endToEndMs, 0.99) },
        },
      });
    }
    findings.push(await batchAgainstSingle(storage, homing, arrivals));
    return findings;
  } finally {
    await raw.stop();
    await homing.stop();
  }
}

let names = 0;
const nextName = () => `message-${++names}`;

async function endToEnd(homing: Homing, arrivals: Arrivals, inFlight: number, total: number) {
  const acceptMs: number[] = [];
  const endToEndMs: number[] = [];
  const seconds = await closedLoop(inFlight, total, async () => {
    const name = nextName();
    const arrival = arrivals.of(name);
    const startedAt = performance.now();
    await homing.call("POST", "/v1/messages", 202, messageOf(KIB, `${arrivals.url}/${name}`), name);
    acceptMs.push(performance.now() - startedAt);
    await arrival;
    endToEndMs.push(performance.now() - startedAt);
  });
  return { seconds, acceptMs, endToEndMs };
}

/** Accepted messages a second; each round ends when all of its messages have arrived. */
async function batchAgainstSingle(storage: string, homing: Homing, arrivals: Arrivals): Promise<Finding> {
  const batches = async () => {
    const pending: Promise<void>[] = [];
    const seconds = await closedLoop(BATCHES_AT_ONCE, BATCH_TOTAL / BATCH, async () => {
      const messages = Array.from({ length: BATCH }, () => {
        const name = nextName();
        pending.push(arrivals.of(name));
        return { ...messageOf(KIB, `${arrivals.url}/${name}`), idempotencyKey: name };
      });
      const { results } = (await homing.call("POST", "/v1/messages/batch", 207, { messages })) as {
        results: ReadonlyArray<{ httpStatus: number }>;
      };
      if (results.some(({ httpStatus }) => httpStatus !== 202))
        throw new Error("A message was not accepted.");
    });
    await Promise.all(pending);
    return BATCH_TOTAL / seconds;
  };
  const single = async () => {
    const pending: Promise<void>[] = [];
    const seconds = await closedLoop(BATCHES_AT_ONCE * BATCH, BATCH_TOTAL, async () => {
      const name = nextName();
      pending.push(arrivals.of(name));
      await homing.call("POST", "/v1/messages", 202, messageOf(KIB, `${arrivals.url}/${name}`), name);
    });
    await Promise.all(pending);
    return BATCH_TOTAL / seconds;
  };
  await batches();
  await single();
  const comparison = await compare(batches, single, ROUNDS);
  return {
    what: `Accepted with keys, ${storage}, ${BATCHES_AT_ONCE} batches of ${BATCH} / ${BATCHES_AT_ONCE * BATCH} single calls at once`,
    target: `≥ ${BATCH_LIMIT} ×`,
    result: `${times(comparison.ratio)} (${comparison.ours.toFixed(0)} / ${comparison.bare.toFixed(0)} messages/s)`,
    ...atLeast(comparison.ratio, BATCH_LIMIT),
    values: { ...comparison },
  };
}
