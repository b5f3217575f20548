import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startChild } from "../child.ts";
import { messageOf } from "../lambda/events.ts";
import { compare, median } from "../measure.ts";
import { atLeast, atMost, type Finding, type Row, times } from "../row.ts";
import { type Run, sendMany } from "../serve/messages.ts";
import { quietSender } from "../serve/quiet-sender.ts";
import { type Arrivals, startArrivals } from "../stack/arrivals.ts";
import { closedLoop } from "../stack/closed-loop.ts";
import { type Homing, startHoming } from "../stack/homing.ts";

const ROUNDS = 5;
const IN_FLIGHT = 64;
const SEED = new URL("../serve/seed-process.ts", import.meta.url);
const MIB = 1_048_576;
const SLOW_TARGETS = [
  { name: "slow", target: "takes 2 s", delayMs: 2_000 },
  { name: "hanging", target: "times out after 15 s", delayMs: 60_000 },
];

/** `npm run serve`, on disk, beside the local stack and beside the floor: see floor-process.ts. */
export const serve: Row = {
  name: "serve",
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "homing-bench-"));
    const arrivals = await startArrivals();
    const bench = { folder, arrivals };
    try {
      return [
        ...(await besideOthers(bench)),
        ...(await stored(bench)),
        await drained(bench),
        ...(await besideSlowTargets(bench)),
      ];
    } finally {
      await arrivals.close();
      await rm(folder, { recursive: true });
    }
  },
};

interface Bench {
  readonly folder: string;
  readonly arrivals: Arrivals;
}

async function start({ folder }: Bench, entry: "start" | "serve" | "floor", name: string = entry) {
  const dataDir = join(folder, name);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return startHoming({ HOMING_DATA_DIR: dataDir, HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8" }, entry);
}

async function besideOthers(bench: Bench): Promise<Finding[]> {
  const { arrivals } = bench;
  // The first start builds the dashboard, and compiles.
  await (await start(bench, "serve", "warm")).stop();
  const homing = await start(bench, "serve");
  await wait(2_000);
  const idleBytes = homing.usage().residentBytes;
  const [local, floor] = [await start(bench, "start"), await start(bench, "floor")];
  try {
    for (const side of [homing, homing, floor, floor]) await sendMany(side, arrivals, IN_FLIGHT, 2_000);
    await sendMany(local, arrivals, IN_FLIGHT, 200);

    const ours: Run[] = [];
    const theirs: Run[] = [];
    const rate = await compare(
      async () => remember(ours, await sendMany(homing, arrivals, IN_FLIGHT, 2_000)).perSecond,
      async () => remember(theirs, await sendMany(local, arrivals, IN_FLIGHT, 200)).perSecond,
      ROUNDS,
    );
    const cpu = (runs: readonly Run[]) => median(runs.map(({ cpuMs }) => cpuMs));
    const cpuRatio = median(ours.map(({ cpuMs }, round) => cpuMs / (theirs[round]?.cpuMs ?? Number.NaN)));
    const busyBytes = homing.usage().residentBytes;
    const besideFloor = await compare(
      async () => (await sendMany(homing, arrivals, IN_FLIGHT, 2_000)).cpuMs,
      async () => (await sendMany(floor, arrivals, IN_FLIGHT, 2_000)).cpuMs,
      ROUNDS,
    );
    const latency = await compare(
      async () => median((await sendMany(homing, arrivals, 1, 200)).endToEndMs),
      async () => median((await sendMany(floor, arrivals, 1, 200)).endToEndMs),
      ROUNDS,
    );
    return [
      {
        what: "Delivered, one machine / local stack, on disk, 64 in flight",
        target: "≥ 18 ×",
        result: `${times(rate.ratio)} (${rate.ours.toFixed(0)} / ${rate.bare.toFixed(0)} messages/s)`,
        ...atLeast(rate.ratio, 18),
        values: { ...rate },
      },
      {
        what: "CPU a delivered message, one machine / local stack",
        target: "≤ 0.07 ×",
        result: `${times(cpuRatio)} (${cpu(ours).toFixed(2)} / ${cpu(theirs).toFixed(2)} ms)`,
        ...atMost(cpuRatio, 0.07),
        values: { ratio: cpuRatio, ours: cpu(ours), local: cpu(theirs) },
      },
      {
        what: "CPU a delivered message, one machine / floor",
        target: "≤ 2.5 ×",
        result: `${times(besideFloor.ratio)} (${besideFloor.ours.toFixed(2)} / ${besideFloor.bare.toFixed(2)} ms)`,
        ...atMost(besideFloor.ratio, 2.5),
        values: { ...besideFloor },
      },
      {
        what: "Call to arrival, 1 in flight, p50 / floor",
        target: "≤ 5 ms, ≤ 2.5 ×",
        result: `${latency.ours.toFixed(1)} ms, ${times(latency.ratio)} (floor ${latency.bare.toFixed(1)} ms)`,
        met: latency.ours <= 5 && latency.ratio <= 2.5,
        values: { ...latency },
      },
      await batches(homing, arrivals),
      {
        what: "Memory idle, 64 in flight",
        target: "≤ 120, 250 MB",
        result: `${(idleBytes / MIB).toFixed(0)}, ${(busyBytes / MIB).toFixed(0)} MB`,
        met: idleBytes <= 120 * MIB && busyBytes <= 250 * MIB,
        values: { idleBytes, busyBytes },
      },
      {
        what: "From the start to ready",
        target: "≤ 0.7 s",
        result: `${(homing.readyMs / 1_000).toFixed(2)} s`,
        ...atMost(homing.readyMs, 700),
        values: { readyMs: homing.readyMs },
      },
    ];
  } finally {
    for (const side of [homing, local, floor]) await side.stop();
  }
}

function remember(runs: Run[], run: Run): Run {
  runs.push(run);
  return run;
}

/** 100 messages in one call, against 100 calls at once; until all have been accepted. */
async function batches(homing: Homing, arrivals: Arrivals): Promise<Finding> {
  const BATCH = 100;
  let round = 0;
  const body = (index: number) => messageOf(1_024, `${arrivals.url}/batch-${index}`);
  const settled = async () => {
    const open = async () => {
      const { counts } = (await homing.call("GET", "/v1/stats", 200)) as { counts: Record<string, number> };
      return (counts.PENDING ?? 0) + (counts.QUEUED ?? 0) + (counts.PROCESSING ?? 0);
    };
    while ((await open()) > 0) await wait(20);
  };
  const perSecond = async (send: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await send();
    const seconds = (performance.now() - startedAt) / 1_000;
    await settled();
    return BATCH / seconds;
  };
  const keys = () => {
    round += 1;
    return Array.from({ length: BATCH }, (_, index) => `batch-${round}-${index}`);
  };
  const comparison = await compare(
    () =>
      perSecond(() => {
        const messages = keys().map((idempotencyKey, index) => ({ ...body(index), idempotencyKey }));
        return homing.call("POST", "/v1/messages/batch", 207, { messages });
      }),
    () =>
      perSecond(() =>
        Promise.all(keys().map((key, index) => homing.call("POST", "/v1/messages", 202, body(index), key))),
      ),
    2 * ROUNDS + 1,
  );
  return {
    what: "Accepted with keys, a batch of 100 / 100 calls at once",
    target: "≥ 3 ×",
    result: `${times(comparison.ratio)} (${comparison.ours.toFixed(0)} / ${comparison.bare.toFixed(0)} messages/s)`,
    ...atLeast(comparison.ratio, 3),
    values: { ...comparison },
  };
}

/** The same work on a file with a thousand messages and on one with a million. */
async function stored(bench: Bench): Promise<Finding[]> {
  const { arrivals, folder } = bench;
  const sizes = { few: 1_000, many: 1_000_000 };
  for (const [name, count] of Object.entries(sizes)) await seed(join(folder, name), count, 0);
  const [few, many] = [await start(bench, "serve", "few"), await start(bench, "serve", "many")];
  try {
    for (const side of [few, many]) await sendMany(side, arrivals, IN_FLIGHT, 2_000);
    const cpu = await compare(
      async () => (await sendMany(many, arrivals, IN_FLIGHT, 1_000)).cpuMs,
      async () => (await sendMany(few, arrivals, IN_FLIGHT, 1_000)).cpuMs,
      ROUNDS,
    );
    const p50 = async (side: Homing, path: string) => {
      const ms: number[] = [];
      await closedLoop(1, 40, async () => {
        const startedAt = performance.now();
        await side.call("GET", path, 200);
        ms.push(performance.now() - startedAt);
      });
      return median(ms);
    };
    const read = async (path: string) =>
      compare(
        () => p50(many, path),
        () => p50(few, path),
        ROUNDS,
      );
    const list = await read("/v1/messages");
    const stats = await read("/v1/stats");
    const bytes = { few: few.usage().residentBytes, many: many.usage().residentBytes };
    return [
      {
        what: "CPU a message with 1,000,000 stored / 1,000",
        target: "≤ 1.2 ×, memory flat",
        result: `${times(cpu.ratio)}, ${(bytes.many / MIB).toFixed(0)} / ${(bytes.few / MIB).toFixed(0)} MB`,
        met: cpu.ratio <= 1.2 && bytes.many <= 1.2 * bytes.few,
        values: { ...cpu, bytes },
      },
      {
        what: "List and stats, p50, with 1,000,000 stored / 1,000",
        target: "≤ 1.5 ×",
        result: `${times(list.ratio)} (${list.ours.toFixed(1)} ms), ${times(stats.ratio)} (${stats.ours.toFixed(1)} ms)`,
        met: list.ratio <= 1.5 && stats.ratio <= 1.5,
        values: { list, stats },
      },
    ];
  } finally {
    await few.stop();
    await many.stop();
  }
}

async function seed(dataDir: string, finished: number, queued: number, target = "http://127.0.0.1:9") {
  const child = await startChild(SEED, { args: [dataDir, String(finished), String(queued), target] });
  await child.stop();
}

/** The rate at the beginning and at the end of a backlog, in arrivals. */
async function drained(bench: Bench): Promise<Finding> {
  const TOTAL = 100_000;
  const FIFTH = TOTAL / 5;
  const times_: number[] = [];
  const { folder } = bench;
  const counting = await startArrivals(() => times_.push(performance.now()));
  await seed(join(folder, "backlog"), 0, TOTAL, counting.url);
  const homing = await start(bench, "serve", "backlog");
  while (times_.length < TOTAL) await wait(200);
  await homing.stop();
  await counting.close();
  // The first are of a process that has just begun.
  const rate = (from: number, to: number) =>
    ((to - from) * 1_000) / ((times_[to] ?? Number.NaN) - (times_[from] ?? Number.NaN));
  const [atStart, atEnd] = [rate(FIFTH / 4, FIFTH), rate(TOTAL - FIFTH, TOTAL - 1)];
  return {
    what: "Draining 100,000 queued messages, rate at the end / start",
    target: "≥ 0.95 ×",
    result: `${times(atEnd / atStart)} (${atEnd.toFixed(0)} / ${atStart.toFixed(0)} messages/s)`,
    ...atLeast(atEnd / atStart, 0.95),
    values: { atStart, atEnd },
  };
}

/** A sender with 10,000 messages to a target that takes its time, and one that sends a message now and then. */
async function besideSlowTargets(bench: Bench): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, target, delayMs } of SLOW_TARGETS) {
    const homing = await start(bench, "serve", name);
    try {
      const { beside, alone } = await quietSender(homing, bench.arrivals, delayMs);
      findings.push({
        what: `Quiet sender's p99 beside 10,000 messages to a target that ${target} / alone`,
        target: "≤ 3 ×",
        result: `${times(beside / alone)} (${beside.toFixed(1)} / ${alone.toFixed(1)} ms)`,
        ...atMost(beside / alone, 3),
        values: { beside, alone },
      });
    } finally {
      await homing.kill();
    }
  }
  return findings;
}
