/** The four functions, what feeds them, and what each can read. */
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, loadSettings } from "../../packages/core/src/settings.ts";
import { evaluated } from "../testing/evaluated.ts";
import { type Graph, ofType, only } from "../testing/graph.ts";

const DEPLOYED = ["personal", "production"] as const;
const ALL = [...DEPLOYED, "dev"] as const;
const NAMES = ["Api", "DeadLetter", "Reconciler", "Worker"];

test.each(DEPLOYED)("%s: Node 24 on arm64, JSON logs in a group of its own, and these sizes", (label) => {
  const { graph } = evaluated(label);
  const described = Object.fromEntries(
    ofType(graph, "aws:lambda/function:Function").map(({ name, inputs }) => [
      name,
      {
        runtime: inputs.runtime,
        architectures: inputs.architectures,
        loggingConfig: inputs.loggingConfig,
        memorySize: inputs.memorySize,
        timeout: inputs.timeout,
      },
    ]),
  );
  const stage = label === "production" ? "production" : "ada";
  const common = (name: string, memorySize: number, timeout: number) => ({
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/homing-${stage}-${name}` },
    memorySize,
    timeout,
  });
  expect(described).toEqual({
    ApiFunction: common("Api", 1024, 29),
    WorkerFunction: common("Worker", 512, 30),
    DeadLetterFunction: common("DeadLetter", 256, 30),
    ReconcilerFunction: common("Reconciler", 512, 60),
  });
});

test.each([
  ["personal", 7],
  ["production", 90],
  ["dev", 7],
] as const)("%s: every log group, the API's access log too, is kept for %i days", (label, days) => {
  const groups = ofType(evaluated(label).graph, "aws:cloudwatch/logGroup:LogGroup");
  expect(Object.fromEntries(groups.map(({ name, inputs }) => [name, inputs.retentionInDays]))).toEqual({
    ApiLogs: days,
    WorkerLogs: days,
    DeadLetterLogs: days,
    ReconcilerLogs: days,
    GatewayAccessLog: days,
  });
});

test.each(DEPLOYED)(
  "%s: bundles are minified and carry their source maps, which stack traces use, without the sources",
  (label) => {
    const { graph } = evaluated(label);
    expect(graph.builds.map(({ functionID }) => functionID).sort()).toEqual(NAMES);
    for (const { properties } of graph.builds) {
      expect(properties).toMatchObject({ architecture: "arm64", minify: true, sourcemap: true });
    }
    expect(environmentOf(graph, "Api").NODE_OPTIONS).toBe("--enable-source-maps");
    for (const name of NAMES) {
      expect(graph.sourceMaps[name]).toEqual({ version: 3, sources: ["api.ts"], names: [], mappings: "" });
    }
  },
);

test.each(ALL)("%s: secrets reach only the functions that use them", (label) => {
  const links = Object.fromEntries(
    evaluated(label).graph.builds.map(({ functionID, links }) => [functionID, Object.keys(links).sort()]),
  );
  const names = ["HomingDeadLetterQueue", "HomingQueue", "HomingTable"];
  expect(links).toEqual({
    Api: [...names, "HomingDashboard", "HomingOperatorKey", "HomingSigningMaster"].sort(),
    Worker: [...names, "HomingSigningMaster"].sort(),
    DeadLetter: names,
    Reconciler: names,
  });
});

test.each(ALL)("%s: no secret stands in an environment variable", (label) => {
  const { graph } = evaluated(label);
  for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
    const text = JSON.stringify(inputs);
    expect(text).not.toContain("operator-key-of-the-infrastructure-tests");
    expect(text).not.toContain("signing-master-of-the-infrastructure-tests");
  }
});

test.each(ALL)("%s: links carry names, addresses and secrets, nothing else", (label) => {
  const api = evaluated(label).graph.builds.find(({ functionID }) => functionID === "Api");
  const shapes = Object.entries(api?.links ?? {}).map(([name, { type, ...properties }]) => [
    name,
    Object.keys(properties),
  ]);
  expect(Object.fromEntries(shapes)).toEqual({
    HomingTable: ["name"],
    HomingQueue: ["url"],
    HomingDeadLetterQueue: ["url"],
    HomingDashboard: ["url"],
    HomingOperatorKey: ["value"],
    HomingSigningMaster: ["value"],
  });
});

describe.each(ALL)("%s: settings", (label) => {
  const { graph } = evaluated(label);

  test("every function has the same", () => {
    const worker = environmentOf(graph, "Worker");
    const own = ["SST_FUNCTION_ID"];
    for (const name of NAMES) {
      const environment = environmentOf(graph, name);
      const differing = Object.keys(environment).filter((key) => environment[key] !== worker[key]);
      expect(differing.filter((key) => !own.includes(key))).toEqual([]);
    }
  });

  test("the functions accept them, and the queue's visibility among them is the queue's", () => {
    const environment = environmentOf(graph, "Worker");
    const visibilitySeconds = Number(
      only(graph, "aws:sqs/queue:Queue", "QueueQueue").inputs.visibilityTimeoutSeconds,
    );
    // Nothing may come from a default: the variables alone say what holds.
    const settings = loadSettings(environment, DEFAULT_SETTINGS, visibilitySeconds * 1_000);
    expect(settings.leaseMs).toBeLessThan(visibilitySeconds * 1_000);
    expect(environment.HOMING_VISIBILITY_TIMEOUT).toBe(label === "dev" ? "90m" : "3m");
  });
});

test("deployed stages run with the settings of the design", () => {
  const environment = environmentOf(evaluated("production").graph, "Worker");
  const homing = Object.fromEntries(Object.entries(environment).filter(([key]) => key.startsWith("HOMING_")));
  expect(homing).toEqual({
    HOMING_RETRY_SCHEDULE: "5s,5m,30m,2h,5h,10h,14h,20h,1d",
    HOMING_DELIVERY_TIMEOUT: "15s",
    HOMING_LEASE: "1m",
    HOMING_QUEUE_DEADLINE: "15m",
    HOMING_SEND_BUDGET: "5s",
    HOMING_RETENTION: "30d",
    HOMING_RECONCILE_INTERVAL: "1m",
    HOMING_ALLOW_PRIVATE_TARGETS: "",
    HOMING_ENDPOINT_DISABLE_AFTER: "5d",
    HOMING_FAILING_GATE: "off",
    HOMING_SHARDS: "4",
    HOMING_VISIBILITY_TIMEOUT: "3m",
  });
});

describe.each([
  { label: "personal", concurrency: 5 },
  { label: "production", concurrency: 50 },
  { label: "dev", concurrency: 5 },
] as const)("$label: what feeds the functions", ({ label, concurrency }) => {
  const { graph } = evaluated(label);
  const mapping = (prefix: string) =>
    only(graph, "aws:lambda/eventSourceMapping:EventSourceMapping", prefix).inputs;

  test("the worker gets batches of ten, answers record by record, and runs in bounded numbers", () => {
    expect(mapping("QueueSubscriber")).toMatchObject({
      batchSize: 10,
      maximumBatchingWindowInSeconds: 0,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: concurrency },
      eventSourceArn: arnOf("sqs", only(graph, "aws:sqs/queue:Queue", "QueueQueue").inputs.name),
      functionName: arnOf("lambda", functionName(graph, "Worker"), "function:"),
    });
  });

  test("the dead-letter consumer answers record by record too", () => {
    expect(mapping("DeadLetterQueueSubscriber")).toMatchObject({
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 2 },
      eventSourceArn: arnOf("sqs", only(graph, "aws:sqs/queue:Queue", "DeadLetterQueue").inputs.name),
      functionName: arnOf("lambda", functionName(graph, "DeadLetter"), "function:"),
    });
  });

  test("a queue hides a copy at least as long as its function may run, which AWS demands", () => {
    const timeout = (name: string) => Number(functionInputs(graph, name).timeout);
    for (const [queue, name] of [
      ["QueueQueue", "Worker"],
      ["DeadLetterQueue", "DeadLetter"],
    ] as const) {
      const { visibilityTimeoutSeconds } = only(graph, "aws:sqs/queue:Queue", queue).inputs;
      expect(visibilityTimeoutSeconds).toBe(6 * timeout(name));
    }
  });
});

test.each(ALL)("%s: Lambda does not stop the worker for sending to the queue that feeds it", (label) => {
  const { graph } = evaluated(label);
  expect(only(graph, "aws:lambda/functionRecursionConfig:FunctionRecursionConfig").inputs).toEqual({
    functionName: functionName(graph, "Worker"),
    recursiveLoop: "Allow",
  });
});

test.each(ALL)("%s: the reconciler runs every minute, and AWS repeats no run", (label) => {
  const { graph } = evaluated(label);
  expect(only(graph, "aws:scheduler/schedule:Schedule").inputs).toMatchObject({
    scheduleExpression: "rate(1 minute)",
    state: "ENABLED",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: arnOf("lambda", functionName(graph, "Reconciler"), "function:"),
      input: "{}",
      retryPolicy: { maximumRetryAttempts: 0 },
    },
  });
  expect(only(graph, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").inputs).toMatchObject({
    functionName: functionName(graph, "Reconciler"),
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: 60,
  });
});

function functionInputs(graph: Graph, name: string): Readonly<Record<string, unknown>> {
  return only(graph, "aws:lambda/function:Function", `${name}Function`).inputs;
}

function functionName(graph: Graph, name: string): string {
  return String(functionInputs(graph, name).name);
}

function environmentOf(graph: Graph, name: string): Readonly<Record<string, string>> {
  return (functionInputs(graph, name).environment as { variables: Record<string, string> }).variables;
}

function arnOf(service: string, name: unknown, kind = ""): string {
  return `arn:aws:${service}:us-east-1:123456789012:${kind}${name}`;
}
