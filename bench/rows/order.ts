import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, quantile } from "../measure.ts";
import { atLeast, atMost, type Finding, type Row, times } from "../row.ts";
import { type Arrivals, startArrivals } from "../stack/arrivals.ts";
import { closedLoop } from "../stack/closed-loop.ts";
import { type Homing, startHoming } from "../stack/homing.ts";

const ROUNDS = 5;
const BATCH = 100;
/** What a key takes from one message to the next, besides its target. */
const BETWEEN_MS = 55;
const TARGETS_MS = [50, 200];
const MESSAGES_OF_ONE_KEY = 60;
const KEYS = 1_000;
const MESSAGES_A_KEY = 3;
const WAITING = 100_000;
/** Of other keys, one after the other, beside what they took before anybody waited. */
const PROBES = 300;
const BESIDE_LIMIT = 1.2;

/** What order costs those who ask for it, and that it costs nobody else anything. */
export const order: Row = {
  name: "order",
  run: async () => [
    ...(await ofOneKey()),
    await ofManyKeys(ONE_MACHINE),
    await ofManyKeys(LOCAL_STACK),
    await besideABlockedKey(),
  ],
};

interface Stack {
  readonly entry: "start" | "serve";
  readonly called: string;
  /** Without: its share is for information. */
  readonly limit?: number;
}
const ONE_MACHINE: Stack = { entry: "serve", called: "one machine, on disk", limit: 0.7 };
/** Where most of a message's time is the embedded servers', by requests and not by what is in them. */
const LOCAL_STACK: Stack = { entry: "start", called: "the local stack, in memory" };

let names = 0;
const nextName = () => `order-${++names}`;
const body = { text: "x".repeat(1_000) };

interface Outgoing {
  readonly targetUrl: string;
  readonly body: object;
  readonly orderingKey?: string;
  readonly afterFailure?: "block";
}

async function inBatches(homing: Homing, messages: readonly Outgoing[]): Promise<void> {
  for (let at = 0; at < messages.length; at += BATCH) {
    const sent = messages.slice(at, at + BATCH).map((message) => ({ senderId: "bench", ...message }));
    await homing.call("POST", "/v1/messages/batch", 207, { messages: sent });
  }
}

async function withHoming<T>(
  { entry }: Stack,
  delayMs: number,
  measure: (homing: Homing, arrivals: Arrivals) => Promise<T>,
) {
  const folder = await mkdtemp(join(tmpdir(), "homing-bench-"));
  const arrivals = await startArrivals(() => {}, delayMs);
  const env =
    entry === "serve"
      ? { HOMING_DATA_DIR: folder, HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8" }
      : { HOMING_DATA_DIR: "memory" };
  const homing = await startHoming(env, entry);
  try {
    return await measure(homing, arrivals);
  } finally {
    await homing.stop();
    await arrivals.close();
    await rm(folder, { recursive: true });
  }
}

/** From the first arrival to the last, for targets that take their time. */
async function ofOneKey(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const targetMs of TARGETS_MS) {
    const rate = await withHoming(LOCAL_STACK, targetMs, async (homing, arrivals) => {
      const targets = Array.from({ length: MESSAGES_OF_ONE_KEY }, nextName);
      const arrived = targets.map((name) => arrivals.of(name).then(() => performance.now()));
      await inBatches(
        homing,
        targets.map((name) => ({ targetUrl: `${arrivals.url}/${name}`, body, orderingKey: "one" })),
      );
      const at = await Promise.all(arrived);
      return ((at.length - 1) / (Math.max(...at) - Math.min(...at))) * 1_000;
    });
    const expected = 1_000 / (targetMs + BETWEEN_MS);
    findings.push({
      what: `Messages a second of one key, target ${targetMs} ms / 1 / (target + ${BETWEEN_MS} ms)`,
      target: "≥ 1 ×",
      result: `${times(rate / expected)} (${rate.toFixed(1)} / ${expected.toFixed(1)} a second)`,
      ...atLeast(rate / expected, 1),
      values: { rate, expected },
    });
  }
  return findings;
}

/** In turns, until the last has arrived. */
async function ofManyKeys(stack: Stack): Promise<Finding> {
  return withHoming(stack, 0, async (homing, arrivals) => {
    const run = async (keys: readonly string[] | undefined): Promise<number> => {
      const targets = Array.from({ length: KEYS * MESSAGES_A_KEY }, nextName);
      const arrived = Promise.all(targets.map((name) => arrivals.of(name)));
      const startedAt = performance.now();
      await inBatches(
        homing,
        targets.map((name, at) => {
          const orderingKey = keys?.[at % keys.length];
          return {
            targetUrl: `${arrivals.url}/${name}`,
            body,
            ...(orderingKey === undefined ? {} : { orderingKey }),
          };
        }),
      );
      await arrived;
      return targets.length / ((performance.now() - startedAt) / 1_000);
    };
    const ordered: number[] = [];
    const unordered: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const keys = Array.from({ length: KEYS }, () => nextName());
      const inOrder = async () => void ordered.push(await run(keys));
      const without = async () => void unordered.push(await run(undefined));
      for (const one of round % 2 === 0 ? [inOrder, without] : [without, inOrder]) await one();
    }
    // The first round warms up.
    const ratio = median(ordered.slice(1).map((rate, at) => rate / (unordered[at + 1] ?? rate)));
    return {
      what: `Messages a second of ${KEYS} keys at once / without keys, ${stack.called}`,
      result: `${times(ratio)} (${median(ordered).toFixed(0)} / ${median(unordered).toFixed(0)} a second)`,
      ...(stack.limit === undefined
        ? { target: "" }
        : { target: `≥ ${stack.limit} ×`, ...atLeast(ratio, stack.limit) }),
      values: { ratio, ordered, unordered },
    };
  });
}

/** One message of a key of its own after the other, until it has arrived: before, and beside a key that blocks. */
async function besideABlockedKey(): Promise<Finding> {
  return withHoming(ONE_MACHINE, 0, async (homing, arrivals) => {
    const probe = async (): Promise<number[]> => {
      const ms: number[] = [];
      await closedLoop(1, PROBES, async () => {
        const name = nextName();
        const arrived = arrivals.of(name);
        const startedAt = performance.now();
        const message = { senderId: "other", targetUrl: `${arrivals.url}/${name}`, orderingKey: name, body };
        await homing.call("POST", "/v1/messages", 202, message);
        await arrived;
        ms.push(performance.now() - startedAt);
      });
      return ms;
    };
    await probe();
    const before = await probe();
    const rejecting = await startArrivals(() => {}, 0, 410);
    const blocked = { orderingKey: "blocked", body };
    await inBatches(homing, [{ ...blocked, targetUrl: rejecting.url, afterFailure: "block" }]);
    await inBatches(
      homing,
      Array.from({ length: WAITING }, () => ({ ...blocked, targetUrl: arrivals.url })),
    );
    const beside = await probe();
    await rejecting.close();
    const [p99, p99Before] = [quantile(beside, 0.99), quantile(before, 0.99)];
    const ratio = median(beside) / median(before);
    return {
      what: `Accepted to arrived, of other keys, beside one that blocks ${WAITING.toLocaleString("en")} / before: p50`,
      target: `≤ ${BESIDE_LIMIT} ×`,
      result: `${times(ratio)} (${median(beside).toFixed(1)} / ${median(before).toFixed(1)} ms; p99 ${p99.toFixed(1)} / ${p99Before.toFixed(1)} ms)`,
      ...atMost(ratio, BESIDE_LIMIT),
      values: { ratio, p99, p99Before, before, beside },
    };
  });
}
