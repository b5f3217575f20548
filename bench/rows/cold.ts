import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { accept } from "@homing/core/accept/accept";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { createLocalObserver } from "@homing/functions/observe/observer";
import { createServices } from "@homing/functions/services";
import { sqsEvent } from "@homing/local/lambda/sqs-event";
import { startReceiver } from "@homing/local/receiver";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { bundleLambda, type LambdaBundle } from "../../infra/testing/lambda-bundle.ts";
import { UNUSED_CREDENTIAL_SOURCES } from "../../infra/unused-credential-sources.ts";
import { runChild } from "../child.ts";
import { lambdaEnvironment } from "../lambda/environment.ts";
import { acceptEvent, messageOf } from "../lambda/events.ts";
import { compare, median } from "../measure.ts";
import { atMost, type Finding, type Row, times } from "../row.ts";

const KIB = 1_024;
const ROUNDS = 31;
const START_LIMIT = 1.3;
const API_LIMIT_KB = 600;

interface ColdStart {
  readonly response: unknown;
  readonly loadedMs: number;
  readonly totalMs: number;
}

/** Size and start of the bundles that are deployed, against bundles of bare handlers made the same way. */
export const cold: Row = {
  name: "cold",
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "homing-bench-"));
    const servers = await startEmbedded();
    const receiver = await startReceiver();
    try {
      const bundles = await bundleAll(folder);
      const starts = [
        await startOf("API", bundles.api, bundles.bareApi, folder, servers, async (key) =>
          acceptEvent(JSON.stringify(messageOf(KIB)), key),
        ),
        await startOf("worker", bundles.worker, bundles.bareWorker, folder, servers, (key) =>
          copyOf(servers, `${receiver.url}/${key}`),
        ),
      ];
      return [...sizes(bundles), ...starts];
    } finally {
      await receiver.close();
      await servers.close();
      await rm(folder, { recursive: true });
    }
  },
};

const HANDLERS = {
  api: "packages/functions/src/lambda/api.handler",
  worker: "packages/functions/src/lambda/worker.handler",
  deadLetter: "packages/functions/src/lambda/dead-letter.handler",
  reconciler: "packages/functions/src/lambda/reconciler.handler",
  bareApi: "bench/lambda/bare-api.handler",
  bareWorker: "bench/lambda/bare-worker.handler",
} as const;

type Bundles = Readonly<Record<keyof typeof HANDLERS, LambdaBundle>>;

async function bundleAll(folder: string): Promise<Bundles> {
  const bundles: Partial<Record<keyof typeof HANDLERS, LambdaBundle>> = {};
  for (const [name, handler] of Object.entries(HANDLERS) as Array<[keyof typeof HANDLERS, string]>) {
    const request = {
      functionID: name,
      handler,
      runtime: "nodejs24.x",
      links: {},
      properties: { minify: true, esbuild: { external: UNUSED_CREDENTIAL_SOURCES } },
      encryptionKey: Buffer.alloc(32).toString("base64"),
      dev: false,
    };
    bundles[name] = await bundleLambda(request, join(folder, name));
  }
  return bundles as Bundles;
}

function sizes(bundles: Bundles): Finding[] {
  const kB = (bytes: number) => Math.round(bytes / 1_000);
  const { api, ...others } = bundles;
  const values = Object.fromEntries(
    Object.entries(bundles).map(([name, { bytes, gzippedBytes }]) => [name, { bytes, gzippedBytes }]),
  );
  return [
    {
      what: "Size of the API's bundle, minified",
      target: `≤ ${API_LIMIT_KB} kB`,
      result: `${kB(api.bytes)} kB (${kB(api.gzippedBytes)} kB gzipped)`,
      ...atMost(api.bytes, API_LIMIT_KB * 1_000),
      values,
    },
    {
      what: "Size of the other bundles: worker, dead letters, reconciler; bare API, bare worker",
      target: "",
      result: `${Object.values(others)
        .map(({ bytes }) => kB(bytes))
        .join(", ")} kB`,
      values: {},
    },
  ];
}

async function startOf(
  name: string,
  ours: LambdaBundle,
  bare: LambdaBundle,
  folder: string,
  servers: EmbeddedStack,
  nextEvent: (key: string) => Promise<object>,
): Promise<Finding> {
  const eventFile = join(folder, `${name}.json`);
  const loaded = { ours: [] as number[], bare: [] as number[] };
  let starts = 0;
  const start = async (side: "ours" | "bare", bundle: LambdaBundle) => {
    await writeFile(eventFile, JSON.stringify(await nextEvent(`${name}-${++starts}`)));
    const startedAt = performance.now();
    const { loadedMs, response } = await runChild<ColdStart>(
      new URL("../lambda/cold-process.mjs", import.meta.url),
      { env: environment(name, servers), args: [join(bundle.folder, "bundle.mjs"), eventFile] },
    );
    const totalMs = performance.now() - startedAt;
    refuseFailure(name, response);
    loaded[side].push(loadedMs);
    return totalMs;
  };
  const comparison = await compare(
    () => start("ours", ours),
    () => start("bare", bare),
    ROUNDS,
  );
  const loadedMs = { ours: median(loaded.ours), bare: median(loaded.bare) };
  return {
    what: `Start of the ${name} to its first answer / of a bare handler with the same clients`,
    target: `≤ ${START_LIMIT} ×`,
    result: `${times(comparison.ratio)} (${comparison.ours.toFixed(0)} / ${comparison.bare.toFixed(0)} ms)`,
    ...atMost(comparison.ratio, START_LIMIT),
    values: { ...comparison, loadedMs },
  };
}

function refuseFailure(name: string, response: unknown): void {
  const { statusCode = 202, batchItemFailures = [] } = response as {
    statusCode?: number;
    batchItemFailures?: readonly unknown[];
  };
  if (statusCode !== 202 || batchItemFailures.length > 0) {
    throw new Error(`The ${name} answered ${JSON.stringify(response)}.`);
  }
}

/** As deployed, source maps included, but for the addresses. */
function environment(name: string, servers: EmbeddedStack): Record<string, string> {
  const { dynamodb, sqs } = servers.connections;
  const queueUrl = (queue: string) => JSON.stringify({ url: `${sqs.endpoint}/000000000000/${queue}` });
  return {
    ...lambdaEnvironment(name),
    NODE_OPTIONS: "--enable-source-maps",
    AWS_ACCESS_KEY_ID: dynamodb.credentials?.accessKeyId ?? "",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    SST_RESOURCE_HomingQueue: queueUrl("homing"),
    SST_RESOURCE_HomingDeadLetterQueue: queueUrl("homing-dead-letter"),
    BARE_QUEUE_URL: `${sqs.endpoint}/000000000000/homing`,
  };
}

/** Accepts a message to the target and takes its copy from the queue, as Lambda hands it over. */
async function copyOf(servers: EmbeddedStack, targetUrl: string): Promise<object> {
  const { dynamodb, sqs, tableName, queueUrl, deadLetterQueueUrl, queues } = servers;
  const services = createServices({
    dynamodb,
    sqs,
    tableName,
    urls: { queueUrl, deadLetterQueueUrl },
    settings: { ...DEFAULT_SETTINGS, allowPrivateTargets: ["127.0.0.0/8"] },
    observer: createLocalObserver(),
  });
  const { body, senderId, ...rest } = messageOf(KIB, targetUrl);
  const payload = { ...rest, method: "POST", body: JSON.stringify(body) };
  const { message } = await accept(services, { input: { senderId, payload }, correlationId: "bench" });
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    const copy = Messages.find((one) => one.MessageAttributes?.messageId?.StringValue === message.messageId);
    if (copy) return sqsEvent([copy], queues.queue.arn);
  }
}
