import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { accept } from "@homing/core/accept/accept";
import { listMessages } from "@homing/core/operate/list";
import { reconcile } from "@homing/core/reconcile/reconcile";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { stats } from "@homing/core/stats/stats";
import { buildPayload } from "@homing/core/testing/build-message";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { createDynamoDbClient, createSqsClient } from "@homing/functions/aws/clients";
import { createServices, type Services } from "@homing/functions/services";
import { dynamoDbClientConfig, sqsClientConfig } from "@homing/local/embedded/clients";
import { type Child, startChild } from "../child.ts";
import { median } from "../measure.ts";
import { atMost, type Finding, type Row, times } from "../row.ts";
import type { Seeded } from "../store/servers-process.ts";

const LIMIT = 1.5;
const SIZES = [1_000, 20_000, 200_000];
/** Not finished, at every size: counting them is what the counts of `stats` cost. */
const OPEN = 480;
/** A table that holds a backlog and little else. */
const BACKLOG = 20_000;
const DUE = 500;
const ROUNDS = 15;
const PAGE = 50;
const MAX_HEAP_GROWTH_MB = 16;

type Operation = (services: Services) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  list: (services) => listMessages(services, {}, PAGE),
  "list FAILED, rare": (services) => listMessages(services, { status: "FAILED" }, PAGE),
  "list PENDING, rare, behind all that is queued": (services) =>
    listMessages(services, { status: "PENDING" }, PAGE),
  stats: (services) => stats(services),
  "reconcile, nothing due": (services) => reconcile(services, "bench"),
  accept: (services) =>
    accept(services, { input: { senderId: "acme", payload: buildPayload() }, correlationId: "bench" }),
};

interface Table {
  readonly services: Services;
  readonly child: Child<Seeded>;
}

/** What operations cost with few and with many messages stored, on the embedded servers, size by size in turns. */
export const scale: Row = {
  name: "scale",
  run: async () => {
    const tables = await Promise.all([
      ...SIZES.map((size) => openTable(size - OPEN - DUE, OPEN, DUE)),
      openTable(0, BACKLOG, 0),
    ]);
    try {
      const [small, ...rest] = tables;
      const [large, backlog] = rest.slice(-2);
      if (!small || !large || !backlog) throw new Error("A table is missing.");
      return [
        await sentPerSecond(tables.slice(0, SIZES.length)),
        ...(await operationFindings(tables)),
        await memory(small, large),
      ];
    } finally {
      for (const { child } of tables) await child.stop();
    }
  },
};

async function openTable(finished: number, queued: number, due: number): Promise<Table> {
  const child = await startChild<Seeded>(new URL("../store/servers-process.ts", import.meta.url), {
    args: [finished, queued, due].map(String),
  });
  const { dynamodb, sqs, queueUrl, deadLetterQueueUrl } = child.message;
  const services = createServices({
    dynamodb: createDynamoDbClient(dynamoDbClientConfig(dynamodb)),
    sqs: createSqsClient(sqsClientConfig(sqs)),
    tableName: "homing",
    urls: { queueUrl, deadLetterQueueUrl },
    settings: DEFAULT_SETTINGS,
    observer: new RecordingObserver(),
  });
  return { services, child };
}

/** First of all, while the due ones are due. */
async function sentPerSecond(tables: readonly Table[]): Promise<Finding> {
  const rates: number[] = [];
  for (const { services } of tables) {
    const startedAt = performance.now();
    const { enqueued } = await reconcile(services, "bench");
    if (enqueued !== DUE) throw new Error(`The reconciler sent ${enqueued} of ${DUE}.`);
    rates.push((1_000 * enqueued) / (performance.now() - startedAt));
  }
  return {
    what: `Sent by one reconciler run, with ${SIZES.join(" / ")} stored`,
    target: "",
    result: `${rates.map((rate) => rate.toFixed(0)).join(" / ")} messages/s`,
    values: { rates },
  };
}

async function operationFindings(tables: readonly Table[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const durations = tables.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, { services }] of tables.entries()) {
        const startedAt = performance.now();
        await operation(services);
        durations[index]?.push(performance.now() - startedAt);
      }
    }
    const p50 = durations.map(median);
    const [smallest = 0, , largest = 0, backlog = 0] = p50;
    const ratio = largest / smallest;
    findings.push({
      what: `${name}: p50 with ${SIZES.at(-1)} stored / with ${SIZES[0]}`,
      target: `≤ ${LIMIT} ×`,
      result: `${times(ratio)} (${p50
        .slice(0, SIZES.length)
        .map((ms) => ms.toFixed(1))
        .join(" / ")} ms; with ${BACKLOG} open ${backlog.toFixed(1)} ms)`,
      ...atMost(ratio, LIMIT),
      values: { ratio, p50 },
    });
  }
  return findings;
}

/** Heap of the process that asks; the servers' own is another's. */
async function memory(small: Table, large: Table): Promise<Finding> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const growthMb = async ({ services }: Table) => {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (const operation of Object.values(OPERATIONS)) await operation(services);
    const used = process.memoryUsage().heapUsed - before;
    return used / 1_048_576;
  };
  const [few, many] = [await growthMb(small), await growthMb(large)];
  return {
    what: "Heap that one of each operation takes before it is collected, most stored - fewest",
    target: `≤ ${MAX_HEAP_GROWTH_MB} MB`,
    result: `${(many - few).toFixed(1)} MB (${many.toFixed(1)} - ${few.toFixed(1)})`,
    ...atMost(many - few, MAX_HEAP_GROWTH_MB),
    values: { few, many },
  };
}
