/**
 * The real bundles, as SST would upload them, each in a process with the stage's own variables and links, fed
 * with AWS's own events and held to its role, against the embedded servers.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { buildEvent, buildEventPayload } from "@homing/core/testing/build-event";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { type ReceivedRequest, type Receiver, startReceiver } from "@homing/local/receiver";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PAGES, pagePath } from "../../packages/functions/src/api/docs/pages.ts";
import { SECRETS } from "../testing/evaluate.ts";
import { evaluated } from "../testing/evaluated.ts";
import { apiGatewayEvent, sqsEvent } from "../testing/events.ts";
import { only } from "../testing/graph.ts";
import { bundleLambda, type LambdaBundle } from "../testing/lambda-bundle.ts";
import { type LambdaProcess, startLambda } from "../testing/lambda-process.ts";
import { replayQueues, replayTable } from "../testing/replay.ts";
import { grantsOf, openRoleGate, type RoleGate } from "../testing/role-gate.ts";

const { graph } = evaluated("personal");
const NAMES = ["Api", "Worker", "DeadLetter", "Reconciler"] as const;
type Name = (typeof NAMES)[number];

/** The receiver of this test is on this machine, which a deployed stage never delivers to. */
const LOOPBACK_ALLOWED = { HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8" };
/** A lost copy counts as lost at once. */
const IMPATIENT = { ...LOOPBACK_ALLOWED, HOMING_QUEUE_DEADLINE: "1ms" };

interface Deployed {
  readonly bundle: LambdaBundle;
  readonly gates: { readonly dynamodb: RoleGate; readonly sqs: RoleGate };
  readonly process: LambdaProcess;
}

let folder: string;
let servers: EmbeddedStack;
let queues: Awaited<ReturnType<typeof replayQueues>>;
let receiver: Receiver;
const received: ReceivedRequest[] = [];
const deployed = {} as Record<Name, Deployed>;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "homing-bundles-"));
  servers = await startEmbedded();
  receiver = await startReceiver({ onRequest: (request) => received.push(request) });
  await replayTable(graph, servers.dynamodb);
  queues = await replayQueues(graph, servers.sqs, servers.queues.queue.arn.split(":")[4] ?? "");
  await Promise.all(
    NAMES.map(async (name) => {
      deployed[name] = await deploy(name);
    }),
  );
}, 120_000);

afterAll(async () => {
  await Promise.all(Object.values(deployed).map(({ process }) => process.stop()));
  for (const step of cleanUp) await step();
  await Promise.all([receiver.close(), servers.close(), rm(folder, { recursive: true })]);
});

async function deploy(name: Name): Promise<Deployed> {
  const gates = {
    dynamodb: await openRoleGate(graph, name, servers.connections.dynamodb.endpoint),
    sqs: await openRoleGate(graph, name, servers.connections.sqs.endpoint),
  };
  cleanUp.push(gates.dynamodb.close, gates.sqs.close);
  const bundle = await bundleLambda(requestOf(name), join(folder, name), linksTo(name, gates.sqs.endpoint));
  return { bundle, gates, process: await start(name, bundle, IMPATIENT, gates) };
}

function start(
  name: Name,
  bundle: LambdaBundle,
  overrides: Readonly<Record<string, string>>,
  endpoints: {
    readonly dynamodb: { readonly endpoint: string };
    readonly sqs: { readonly endpoint: string };
  },
): Promise<LambdaProcess> {
  return startLambda({
    graph,
    name,
    folder: bundle.folder,
    endpoints: { dynamodb: endpoints.dynamodb.endpoint, sqs: endpoints.sqs.endpoint },
    accessKeyId: servers.connections.dynamodb.credentials?.accessKeyId ?? "",
    overrides,
  });
}

function requestOf(name: Name) {
  const request = graph.builds.find(({ functionID }) => functionID === name);
  if (request === undefined) throw new Error(`SST was not asked to bundle ${name}.`);
  return request;
}

/** The links of the stage; only the host of the queues' addresses is this machine instead of AWS. */
function linksTo(name: Name, sqsEndpoint: string) {
  const { links } = requestOf(name);
  const here = (url: string) => new URL(new URL(url).pathname, sqsEndpoint).href;
  return {
    ...links,
    HomingQueue: { ...links.HomingQueue, url: here(queues.queueUrl) },
    HomingDeadLetterQueue: { ...links.HomingDeadLetterQueue, url: here(queues.deadLetterQueueUrl) },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  process = deployed.Api.process,
): Promise<Answer> {
  const [rawPath = "", query = ""] = path.split("?");
  const result = (await process.invoke(
    apiGatewayEvent({
      method,
      path: rawPath,
      query,
      headers: {
        authorization: `Bearer ${SECRETS.HomingOperatorKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )) as APIGatewayProxyStructuredResultV2;
  return {
    status: result.statusCode ?? 0,
    headers: result.headers ?? {},
    body: isJson(result.headers) ? JSON.parse(result.body ?? "{}") : {},
  };
}

function isJson(headers: Readonly<Record<string, unknown>> = {}): boolean {
  return String(headers["content-type"]).includes("json");
}

async function accept(target = "/hook", fields: object = {}): Promise<string> {
  const { status, body } = await call("POST", "/v1/messages", {
    targetUrl: `${receiver.url}${target}`,
    body: { hello: "world" },
    ...fields,
  });
  expect(status).toBe(202);
  return String(body.messageId);
}

/** Receives the copy of a message from the queue, as Lambda's poller does; others stay. */
const receive = (messageId: string) => receiveWhere("messageId", messageId);

async function receiveWhere(attribute: "messageId" | "eventId", id: string) {
  const { Messages = [] } = await servers.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queues.queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    }),
  );
  const copy = Messages.find(({ MessageAttributes }) => MessageAttributes?.[attribute]?.StringValue === id);
  if (copy === undefined) throw new Error(`No copy of ${id} is on the queue.`);
  return copy;
}

const QUEUE_ARN = `arn:aws:sqs:us-east-1:123456789012:${only(graph, "aws:sqs/queue:Queue", "QueueQueue").inputs.name}`;

async function messageOf(messageId: string): Promise<Answer["body"]> {
  return (await call("GET", `/v1/messages/${messageId}`)).body;
}

test("each bundle is small and starts quickly", () => {
  const lines = NAMES.map((name) => {
    const { bundle, process } = deployed[name];
    const kb = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
    return `${name}: ${kb(bundle.bytes)} (${kb(bundle.gzippedBytes)} gzipped, source map ${kb(bundle.sourceMapBytes)}), built in ${bundle.buildMs} ms, imported in ${process.importMs} ms`;
  });
  globalThis.process.stdout.write(`${lines.join("\n")}\n`);
  for (const name of NAMES) expect(deployed[name].bundle.bytes).toBeLessThan(2 * 1024 * 1024);
});

test("POST through the API's bundle, delivered by the worker's, shown by the API's as COMPLETED", async () => {
  const messageId = await accept("/orders?id=1");
  const copy = await receive(messageId);
  const response = await deployed.Worker.process.invoke(sqsEvent([copy], QUEUE_ARN));
  expect(response).toEqual({ batchItemFailures: [] });

  expect(received.find((request) => request.messageId === messageId)).toMatchObject({
    method: "POST",
    target: "/orders?id=1",
    body: '{"hello":"world"}',
  });
  expect(await messageOf(messageId)).toMatchObject({
    messageId,
    status: "COMPLETED",
    attemptCount: 1,
    attempts: [{ number: 1, outcome: "SUCCEEDED", responseStatus: 200 }],
  });
});

test("keys and links to the portal are made, listed and revoked within the role, and lead to the dashboard", async () => {
  const made = await call("POST", "/v1/keys", { senderId: "acme", scopes: ["read"] });
  expect(made.status).toBe(201);
  const link = await call("POST", "/v1/portal", { senderId: "acme" });
  const { url } = requestOf("Api").links.HomingDashboard ?? {};
  expect(link.body.url).toMatch(/^https:\/\/d111111abcdef8\.cloudfront\.net\/portal#key=hk_/);
  expect(String(link.body.url).startsWith(`${url}/`)).toBe(true);
  expect((await call("GET", "/v1/keys")).body.items).toMatchObject([
    { name: "portal" },
    { senderId: "acme" },
  ]);
  expect((await call("DELETE", `/v1/keys/${made.body.keyId}`)).status).toBe(200);
  expect((await call("POST", "/v1/senders/acme/rotate")).status).toBe(200);
});

test("a target that fails is tried again later: the worker sends the next copy itself", async () => {
  const messageId = await accept("/hook?status=503");
  const copy = await receive(messageId);
  const response = await deployed.Worker.process.invoke(sqsEvent([copy], QUEUE_ARN));
  expect(response).toEqual({ batchItemFailures: [] });
  expect(await messageOf(messageId)).toMatchObject({
    status: "QUEUED",
    attempts: [{ number: 1, outcome: "RETRY", responseStatus: 503 }],
  });
});

test("a copy that is handed out twice is delivered once", async () => {
  const messageId = await accept();
  const copy = await receive(messageId);
  for (let time = 0; time < 2; time++) {
    expect(await deployed.Worker.process.invoke(sqsEvent([copy], QUEUE_ARN))).toEqual({
      batchItemFailures: [],
    });
  }
  expect(received.filter((request) => request.messageId === messageId)).toHaveLength(1);
});

test("a record that cannot be read comes back alone; the others of its batch are done", async () => {
  const messageId = await accept();
  const copy = await receive(messageId);
  const broken = { ...copy, MessageId: "broken", Body: "not a copy", MessageAttributes: {} };
  const response = (await deployed.Worker.process.invoke(
    sqsEvent([broken, copy], QUEUE_ARN),
  )) as SQSBatchResponse;
  expect(response.batchItemFailures).toEqual([{ itemIdentifier: "broken" }]);
  expect(await messageOf(messageId)).toMatchObject({ status: "COMPLETED" });
});

test("a message whose copy was lost is found by the reconciler, and delivered", async () => {
  const messageId = await accept();
  // This receive stands for the loss: the copy is hidden and never delivered.
  await receive(messageId);
  const { target } = only(graph, "aws:scheduler/schedule:Schedule").inputs as { target: { input: string } };
  await deployed.Reconciler.process.invoke(JSON.parse(target.input));

  const copy = await receive(messageId);
  await deployed.Worker.process.invoke(sqsEvent([copy], QUEUE_ARN));
  const message = await messageOf(messageId);
  expect(message).toMatchObject({ status: "COMPLETED" });
  expect((message.history as { reason: string }[]).map(({ reason }) => reason)).toContain("ORPHANED");
});

test("deliveries to an endpoint with a rate limit take their slots within the role of each function", async () => {
  const senderId = "paced";
  await call("POST", "/v1/endpoints", {
    senderId,
    url: `${receiver.url}/hook?status=503`,
    rateLimit: { count: 1, period: "1h" },
    retrySchedule: ["1s"],
  });
  const send = async () => {
    const { body } = await call("POST", "/v1/events", { senderId, eventType: "order.paid", body: {} });
    const [message] = body.messages as { messageId: string; status: string }[];
    return message ?? { messageId: "", status: "" };
  };
  const first = await send();
  expect(first.status).toBe("QUEUED");
  const second = await send();
  expect(await messageOf(second.messageId)).toMatchObject({ status: "PENDING", pendingReason: "THROTTLED" });

  const copy = await receive(first.messageId);
  const slotAt = /"slotAt":(\d+)/.exec(copy.Body ?? "");
  const late = {
    ...copy,
    Body: copy.Body?.replace(slotAt?.[0] ?? "", `"slotAt":${Number(slotAt?.[1]) - 61_000}`),
  };
  for (const record of [late, copy])
    expect(await deployed.Worker.process.invoke(sqsEvent([record], QUEUE_ARN))).toEqual({
      batchItemFailures: [],
    });
  expect(await messageOf(first.messageId)).toMatchObject({ attemptCount: 1, pendingReason: "RETRY" });

  const { target } = only(graph, "aws:scheduler/schedule:Schedule").inputs as { target: { input: string } };
  await vi.waitFor(
    async () => {
      await deployed.Reconciler.process.invoke(JSON.parse(target.input));
      expect(await messageOf(first.messageId)).toMatchObject({ pendingReason: "THROTTLED" });
    },
    { timeout: 30_000, interval: 100 },
  );
});

test("a dead letter makes its message due again; one that names no message stays where it is", async () => {
  const messageId = await accept();
  const copy = await receive(messageId);
  const nameless = { ...copy, MessageId: "nameless", MessageAttributes: {} };
  const response = await deployed.DeadLetter.process.invoke(sqsEvent([nameless, copy], QUEUE_ARN));
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "nameless" }] });
  expect(await messageOf(messageId)).toMatchObject({
    status: "PENDING",
    pendingReason: "COPY_DEAD_LETTERED",
  });
});

test("with exactly the stage's variables, a target on the function's own machine is refused", async () => {
  const asDeployed = await start("Api", deployed.Api.bundle, {}, deployed.Api.gates);
  try {
    const { status, body } = await call(
      "POST",
      "/v1/messages",
      { targetUrl: `${receiver.url}/hook` },
      asDeployed,
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "VALIDATION_ERROR", errors: [{ path: "targetUrl" }] });
  } finally {
    await asDeployed.stop();
  }
});

test("while the queue cannot be reached, callers learn that the message is stored, and the alarm's metrics are written", async () => {
  const { bundle, gates } = deployed.Api;
  const cutOff = await start("Api", bundle, { ...LOOPBACK_ALLOWED, HOMING_SEND_BUDGET: "200ms" }, gates);
  gates.sqs.interrupted = true;
  try {
    const { status, body } = await call("POST", "/v1/messages", { targetUrl: receiver.url }, cutOff);
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "SYSTEM_ERROR", stored: true, messageStatus: "PENDING" });
    expect(metricsIn(cutOff)).toEqual(
      expect.arrayContaining([
        "SendFailures errorCode=QUEUE_UNAVAILABLE service=homing-ada",
        "Rollbacks service=homing-ada",
      ]),
    );
  } finally {
    gates.sqs.interrupted = false;
    await cutOff.stop();
  }
});

test("each function writes the metrics that the alarms watch, under the stage's name", () => {
  const metrics = NAMES.flatMap((name) => metricsIn(deployed[name].process));
  expect(metrics).toEqual(
    expect.arrayContaining([
      "MessagesAccepted service=homing-ada",
      "Deliveries outcome=SUCCEEDED service=homing-ada",
      "DeadLettered service=homing-ada",
      "OldestOverdueSeconds service=homing-ada",
      "OldestFailingSeconds service=homing-ada",
    ]),
  );
});

test("log lines are JSON, and show neither secret nor body nor query string", () => {
  for (const name of NAMES) {
    const lines = deployed[name].process.lines();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    const text = lines.join("\n");
    for (const secret of [...Object.values(SECRETS), "hello", "status=503", "id=1"])
      expect(text).not.toContain(secret);
  }
});

test("the API's bundle holds its own description", async () => {
  expect(await call("GET", "/v1/openapi.json")).toMatchObject({ status: 200, body: { openapi: "3.1.0" } });
});

test("beside the API's bundle lies what its pages are made of", async () => {
  for (const path of ["/docs/api", ...PAGES.map(({ slug }) => pagePath(slug))]) {
    const { status, headers } = await call("GET", path);
    expect([path, status, headers["content-type"]]).toEqual([path, 200, "text/html; charset=UTF-8"]);
  }
});

describe("least privilege", () => {
  /** Used by Lambda's poller and by the log delivery, not by the code. */
  const NOT_BY_CODE = [/^sqs:(ReceiveMessage|DeleteMessage) /, /^logs:/];
  /** Of the last look before an endpoint is disabled, which takes minutes of failures. */
  const LAST_LOOK = [/^dynamodb:BatchGetItem /, /^dynamodb:Query .*index\/endpoint$/];
  /** The poller's as well; the code of these two does not read attributes. */
  const POLLED = ["Worker", "DeadLetter"];

  beforeAll(async () => {
    const lists = ["", "?senderId=default", "?senderId=default&status=FAILED"].map(
      (query) => `/v1/messages${query}`,
    );
    for (const path of [...lists, "/v1/stats", "/v1/stats/series", "/v1/targets", "/v1/ready"]) {
      expect(await call("GET", path)).toMatchObject({ status: 200 });
    }
    const messages = [1, 2].map((number) => ({ targetUrl: `${receiver.url}/batch`, body: number }));
    expect(await call("POST", "/v1/messages/batch", { messages })).toMatchObject({ status: 207 });
    const messageId = await accept("/hook?status=400");
    await deployed.Worker.process.invoke(sqsEvent([await receive(messageId)], QUEUE_ARN));
    expect(await call("POST", `/v1/messages/${messageId}/retry`)).toMatchObject({ status: 202 });
    await fanOut();
    await announcement();
  });

  /** An event in a slice, one whose expansion has stopped, and what is held for an endpoint that is activated. */
  async function fanOut(): Promise<void> {
    const senderId = "fan-out";
    const ids: string[] = [];
    for (let at = 0; at < 11; at += 1) {
      const state = at === 0 ? "PAUSED" : "ACTIVE";
      const endpoint = await call("POST", "/v1/endpoints", {
        senderId,
        url: `${receiver.url}/endpoint`,
        state,
      });
      expect(endpoint.status).toBe(201);
      ids.push(String(endpoint.body.endpointId));
    }
    const event = { senderId, eventType: "paid", body: 1 };
    const { body: accepted } = await call("POST", "/v1/events", event);
    expect(accepted).toMatchObject({ status: "PENDING", matched: 11 });
    const copy = await receiveWhere("eventId", String(accepted.eventId));
    await deployed.Worker.process.invoke(sqsEvent([copy], QUEUE_ARN));
    expect((await call("GET", `/v1/events/${accepted.eventId}`)).body).toMatchObject({ status: "EXPANDED" });
    expect(await call("GET", `/v1/messages?endpointId=${ids[1]}`)).toMatchObject({ status: 200 });

    const tableName = String(only(graph, "aws:dynamodb/table:Table").inputs.name);
    const events = new DynamoDbEventStore(servers.dynamodb, tableName, Date);
    const stopped = buildEvent({ senderId, createdAt: Date.now() - 120_000, matched: ids.slice(1, 2) });
    await events.putPayload(stopped, buildEventPayload(), stopped.expiresAt);
    await events.insert(stopped);
    expect((await call("POST", `/v1/endpoints/${ids[0]}/activate`)).status).toBe(200);
    await deployed.Reconciler.process.invoke({});
    expect((await call("GET", `/v1/events/${stopped.eventId}`)).body).toMatchObject({ status: "EXPANDED" });
  }

  /** An endpoint that says it is gone is disabled, and operators are told so. */
  async function announcement(): Promise<void> {
    const operators = { senderId: "homing.operations", url: `${receiver.url}/operators` };
    expect((await call("POST", "/v1/endpoints", operators)).status).toBe(201);
    const gone = { senderId: "gone", url: `${receiver.url}/gone?status=410` };
    expect((await call("POST", "/v1/endpoints", gone)).status).toBe(201);
    const event = { senderId: "gone", eventType: "paid", body: 1 };
    const { body: accepted } = await call("POST", "/v1/events", event);
    const [{ messageId }] = accepted.messages as [{ messageId: string }];
    await deployed.Worker.process.invoke(sqsEvent([await receive(messageId)], QUEUE_ARN));
    await deployed.Reconciler.process.invoke({});
    const { body: listed } = await call("GET", "/v1/events?senderId=homing.operations");
    const types = (listed.items as { eventType: string }[]).map(({ eventType }) => eventType);
    expect(types.sort()).toEqual(["endpoint.disabled", "message.failed"]);
  }

  test.each(NAMES)("%s asks for nothing that its role refuses", (name) => {
    const { dynamodb, sqs } = deployed[name].gates;
    expect([...dynamodb.denied, ...sqs.denied]).toEqual([]);
  });

  test.each(NAMES)("%s has no right that it never uses", (name) => {
    const { dynamodb, sqs } = deployed[name].gates;
    const used = new Set([...dynamodb.used, ...sqs.used]);
    const idle = grantsOf(graph, name).filter(
      (grant) =>
        !used.has(grant) &&
        !NOT_BY_CODE.some((pattern) => pattern.test(grant)) &&
        !(name === "Worker" && LAST_LOOK.some((pattern) => pattern.test(grant))) &&
        !(POLLED.includes(name) && grant.startsWith("sqs:GetQueueAttributes ")),
    );
    expect(idle).toEqual([]);
  });
});

/** Every metric with its dimensions, as CloudWatch will read it out of the log lines. */
function metricsIn(lambda: LambdaProcess): string[] {
  return lambda.lines().flatMap((line) => {
    const document = JSON.parse(line) as Record<string, unknown> & {
      _aws?: {
        CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
    };
    return (document._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) => {
      expect(Namespace).toBe("Homing");
      const names = Dimensions[0] ?? [];
      const dimensions = [...names].sort().map((name) => `${name}=${document[name]}`);
      return Metrics.map(({ Name }) => [Name, ...dimensions].join(" "));
    });
  });
}
