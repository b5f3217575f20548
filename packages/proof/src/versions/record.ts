/**
 * What a version writes, kept for every later one to read: the items of a table as DynamoDB holds them, and the copies,
 * beside what they mean.
 */
import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { DAY, HOUR } from "@homing/core/duration";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { remove } from "@homing/core/endpoint/endpoint-change";
import type { Lane, LaneKey, Segment } from "@homing/core/lane/lane";
import type { LaneStore } from "@homing/core/lane/lane-store";
import { placeOf } from "@homing/core/lane/place";
import { type Copy, decodeCopy, encodeCopy } from "@homing/core/message/copy";
import type { Attempt, Message, Payload } from "@homing/core/message/message";
import type { QuarterCounts } from "@homing/core/stats/counters";
import type { PayloadOwner } from "@homing/core/store/message-store";
import { buildEndpoint } from "@homing/core/testing/build-endpoint";
import { buildMessage, buildPayload, buildWaiting } from "@homing/core/testing/build-message";
import { JOURNEYS, JOURNEYS_IN_LANES, type StepName, stepOf } from "@homing/core/testing/journey";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbCounters } from "@homing/functions/aws/dynamodb-counters";
import { DynamoDbEndpointStore } from "@homing/functions/aws/dynamodb-endpoint-store";
import { DynamoDbKeyStore } from "@homing/functions/aws/dynamodb-key-store";
import { DynamoDbLaneStore } from "@homing/functions/aws/dynamodb-lane-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { ShardMark } from "@homing/functions/aws/shard-mark";
import type { KeyRecord, SenderRecord } from "@homing/functions/keys/key-store";
import { provisionTable } from "@homing/local/embedded/provision-table";

import { deliveryCopies, type EventMeaning, eventMeaning, writeEvents } from "./record-events.ts";

type Item = Record<string, AttributeValue>;

export interface VersionRecord {
  /** Sorted by key, so that two records compare. */
  readonly items: readonly Item[];
  readonly copies: readonly { readonly body: string; readonly means: Copy }[];
  readonly means: Meaning;
}

/** What is read from the items through the stores. */
export interface Meaning extends EventMeaning {
  readonly messages: readonly Message[];
  readonly payloads: readonly (Payload | undefined)[];
  readonly attempts: readonly Attempt[];
  readonly keys: readonly (KeyRecord | undefined)[];
  readonly endpoints: readonly (Endpoint | undefined)[];
  readonly endpointsVersion: number;
  readonly slots: readonly number[];
  readonly lane: Lane | undefined;
  readonly segments: readonly Segment[];
  readonly senders: readonly (SenderRecord | undefined)[];
  readonly quarters: readonly QuarterCounts[];
  readonly kept: object;
  readonly shards: number;
}

const SHARDS = 4;
const EVERYTHING: Partial<Message> = {
  senderId: "everything.that-may-be-there",
  idempotencyKey: "order-42",
  deliverAt: NOON + DAY,
  deliverBy: NOON + 2 * DAY,
  notBefore: NOON + DAY,
  pendingReason: "SCHEDULED",
};
const PAYLOADS: readonly Payload[] = [
  buildPayload(),
  { targetUrl: "https://example.com/", method: "GET", headers: {} },
  buildPayload({
    body: '{"b":1,"2":2,"1":1.50,"s":"\\u00e9 é 👍 \\/"}',
    metadata: { order: "42", ключ: "значение" },
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    tracestate: "vendor=1,other=2",
  }),
];
const ATTEMPTS: readonly Attempt[] = [
  {
    number: 1,
    claimId: "claim-1",
    outcome: "RETRY",
    startedAt: NOON,
    durationMs: 15_000,
    errorCode: "TIMEOUT",
    decision: { rule: "TIMEOUT", action: "RETRY", nextAttemptAt: NOON + 5_000, explanation: "In words." },
  },
  {
    number: 2,
    claimId: "claim-2",
    outcome: "FAILED",
    startedAt: NOON + 5_000,
    durationMs: 12,
    responseStatus: 410,
    responseHeaders: { "content-type": "text/plain" },
    responseBody: "gone 👍",
    responseTruncated: true,
    truncationReason: "SIZE",
    decision: { rule: "STATUS_4XX", action: "FAIL", explanation: "In words." },
  },
];
const KEYS: readonly KeyRecord[] = [
  {
    keyId: "key1",
    hash: "hash-1",
    senderId: "acme",
    scopes: ["send", "read"],
    name: "shop",
    createdAt: NOON,
  },
  { keyId: "key2", hash: "hash-2", senderId: "*", scopes: ["operate"], createdAt: NOON + 1 },
  {
    keyId: "key3",
    hash: "hash-3",
    senderId: "acme",
    scopes: ["read", "endpoints"],
    createdAt: NOON + 2,
    expiresAt: NOON + 3_600_000,
  },
];

const ENDPOINTS: readonly Endpoint[] = [
  buildEndpoint({ endpointId: "ep_plain", writeId: "write-1" }),
  buildEndpoint({
    endpointId: "ep_everything",
    writeId: "write-2",
    idempotencyKey: "uid-1",
    description: "billing 📦",
    eventTypes: ["invoice.*", "user.created"],
    channels: ["project_7"],
    headers: { "X-Api-Key": "secret", "x-empty": "" },
    metadata: { team: "billing" },
    svixHeaders: true,
    rateLimit: { count: 100, period: "1m" },
    rateSince: NOON + 1,
    sealedSecret: "c2VhbGVk",
    generation: 2,
    createdAt: NOON + 1,
  }),
  buildEndpoint({ endpointId: "ep_disabled", writeId: "write-3", state: "DISABLED", createdAt: NOON + 2 }),
  buildEndpoint({
    endpointId: "ep_failing",
    writeId: "write-6",
    createdAt: NOON + 2,
    rateLimit: { count: 1, period: "1h" },
    rateSince: NOON,
    paceRound: 2,
    repacesFrom: 1,
    failingSince: NOON - HOUR,
    failures: 41,
    failingAnnounced: true,
    lastFailure: { at: NOON, messageId: "msg_00000000000000000000000000", responseStatus: 503 },
    gate: {
      since: NOON - HOUR,
      probes: 3,
      nextProbeAt: NOON + HOUR,
      probe: { messageId: "msg_00000000000000000000000000", attempt: 2 },
    },
    dueAt: NOON + HOUR,
  }),
  buildEndpoint({
    endpointId: "ep_draining",
    writeId: "write-7",
    createdAt: NOON + 2,
    draining: true,
    gateLiftedAt: NOON,
    dueAt: NOON,
  }),
  buildEndpoint({ endpointId: "ep_deleted", writeId: "write-4", createdAt: NOON + 3 }),
];

const PACED = { senderId: "acme", endpointId: "ep_everything" };
const SLOTS = { spacingUs: 600_000, since: NOON + 1, now: NOON + 2, slots: 3 };

/** Of each message: that of all attributes makes none, and behind it come those that wait for each other. */
const WAYS: ReadonlyArray<readonly StepName[]> = [
  ...Object.values(JOURNEYS),
  [],
  ...Object.values(JOURNEYS_IN_LANES),
];

const LANE: LaneKey = { senderId: "acme", orderingKey: "order-4711" };

interface Stores {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** Lets this version write one of everything into a table of its own, and records what came of it. */
export async function recordVersion({ client, tableName }: Stores): Promise<VersionRecord> {
  await provisionTable(client, tableName);
  const clock = new TestClock();
  const store = new DynamoDbMessageStore(client, tableName, clock, SHARDS);
  for (const [index, start] of [...startOfEachJourney()].entries()) {
    let message = start;
    await store.insert(message);
    for (const name of WAYS[index] ?? []) {
      const written = await store.apply(message.messageId, named(stepOf(name, message), message));
      if (!written.message) throw new Error("The message is gone.");
      message = written.message;
    }
  }
  const messageId = idOf(0);
  for (const [index, payload] of PAYLOADS.entries())
    await store.putPayloadIfAbsent(payloadOwner(index), payload, NOON + 60 * DAY);
  for (const attempt of ATTEMPTS) await store.putAttempt(messageId, attempt, NOON + 60 * DAY);

  const keys = new DynamoDbKeyStore(client, tableName, clock);
  for (const key of KEYS) await keys.create(key);
  await keys.revoke("key2", NOON + 2);
  const endpoints = new DynamoDbEndpointStore(client, tableName, clock, SHARDS);
  for (const endpoint of ENDPOINTS) await endpoints.insert(endpoint);
  const deleted = ENDPOINTS.at(-1);
  if (deleted) await endpoints.change(deleted, remove(deleted, { now: NOON + 4, token: "write-5" }));
  await endpoints.reserve(PACED, SLOTS);
  await writeLane(new DynamoDbLaneStore(client, tableName, clock, SHARDS));
  const counters = new DynamoDbCounters({
    client,
    tableName,
    clock,
    random: () => 0,
    observer: new RecordingObserver(),
    retentionMs: 30 * DAY,
  });
  for (const name of ["accepted", "completed", "failed", "retried", "rolledBack"] as const)
    counters.add(name);
  await counters.flush(true);
  clock.time = NOON + HOUR;
  await counters.keepQuarters();
  clock.time = NOON;
  await new ShardMark(client, tableName, SHARDS).highest();

  await writeEvents({ client, tableName }, store);

  const messageCopies = PAYLOADS.map((payload) => {
    const message = { ...buildMessage({ messageId, deliverBy: NOON + DAY }), sendId: "send-1", attempt: 2 };
    return encodeCopy(message, payload);
  });
  const copies = [...messageCopies, ...deliveryCopies()];
  return {
    items: await scan({ client, tableName }),
    copies: copies.map((body) => ({ body, means: copyOf(body) })),
    means: await meaningOf({ client, tableName }),
  };
}

/** What this version makes of the items of a table. */
export async function meaningOf({ client, tableName }: Stores): Promise<Meaning> {
  const clock = new TestClock();
  const store = new DynamoDbMessageStore(client, tableName, clock, SHARDS);
  const keys = new DynamoDbKeyStore(client, tableName, clock);
  const endpoints = new DynamoDbEndpointStore(client, tableName, clock, SHARDS);
  const lanes = new DynamoDbLaneStore(client, tableName, clock, SHARDS);
  const counters = { client, tableName, clock, random: () => 0, retentionMs: 30 * DAY };
  const messages = await store.getMany([...startOfEachJourney()].map((message) => message.messageId));
  return {
    messages: [...messages].sort((a, b) => (a.messageId < b.messageId ? -1 : 1)),
    ...(await eventMeaning({ client, tableName }, store)),
    payloads: await Promise.all(PAYLOADS.map((_, index) => store.getPayload(payloadOwner(index)))),
    attempts: (await store.getDetail(idOf(0)))?.attempts ?? [],
    keys: await Promise.all(KEYS.map(({ keyId }) => keys.get(keyId))),
    endpoints: await Promise.all(ENDPOINTS.map(({ endpointId }) => endpoints.find(endpointId))),
    endpointsVersion: await endpoints.version("acme"),
    // Behind those that are reserved.
    slots: await endpoints.reserve(PACED, { ...SLOTS, slots: 1 }),
    lane: await lanes.get(LANE),
    segments: await lanes.segments(LANE, 1, 10),
    senders: [await keys.getSender("acme")],
    quarters: await quartersOf({ client, tableName }),
    kept: await new DynamoDbCounters({ ...counters, observer: new RecordingObserver() }).kept(),
    shards: await new ShardMark(client, tableName, SHARDS).highest(),
  };
}

/** Read from the items of hours: their minutes are of too long ago. */
async function quartersOf({ client, tableName }: Stores): Promise<readonly QuarterCounts[]> {
  const clock = new TestClock(NOON + 4 * HOUR);
  const observer = new RecordingObserver();
  const counters = { client, tableName, clock, random: () => 0, retentionMs: 30 * DAY, observer };
  const quarters = await new DynamoDbCounters(counters).perQuarter();
  return quarters.filter(({ accepted }) => accepted > 0);
}

function payloadOwner(index: number): PayloadOwner {
  return { messageId: idOf(0), requestHash: `hash-${index}`, createdAt: NOON };
}

/** Puts a record's items into a table of their own, byte for byte. */
export async function restore({ client, tableName }: Stores, { items }: VersionRecord): Promise<void> {
  await provisionTable(client, tableName);
  for (const Item of items) await client.send(new PutItemCommand({ TableName: tableName, Item }));
}

export function copyOf(body: string): Copy {
  const copy = decodeCopy(body);
  if (!copy) throw new Error(`Not a copy: ${body}`);
  return copy;
}

function* startOfEachJourney(): Generator<Message> {
  const count = Object.keys(JOURNEYS).length;
  for (const index of WAYS.keys()) {
    const build = index > count ? buildWaiting : buildMessage;
    yield build({
      messageId: idOf(index),
      writeId: `write-${index}`,
      ...(index === count ? EVERYTHING : {}),
    });
  }
}

/** A lane with all that one may have: twenty in line and a segment behind them, one passed, due and blocked. */
async function writeLane(lanes: LaneStore): Promise<void> {
  const places = Array.from({ length: 22 }, (_, index) =>
    placeOf({ messageId: idOf(index), round: index % 2 }),
  );
  await lanes.join(LANE, places.slice(0, 20), NOON);
  await lanes.openOverflow(LANE);
  await lanes.joinSegment(LANE, 1, places.slice(20));
  await lanes.hintSegment(LANE, 2);
  await lanes.seal(LANE, 2, NOON + DAY);
  await lanes.arm(LANE, NOON + 1);
  const [first = "", second = ""] = places;
  await lanes.pass(LANE, first, NOON + 2, NOON + 30 * DAY);
  await lanes.moveOn(LANE, NOON + 1, { dueAt: NOON + 3, visits: 1 });
  await lanes.mark(LANE, second, { state: "BLOCKED", since: NOON + 4 });
}

/** Tokens are random: here each is named after the write it belongs to. */
function named(transition: ReturnType<typeof stepOf>, message: Message): ReturnType<typeof stepOf> {
  const value = `${transition.name}-${message.revision}`;
  const { firstAttempt } = transition.set;
  return {
    ...transition,
    token: { ...transition.token, value },
    set: {
      ...transition.set,
      ...(firstAttempt ? { firstAttempt: { ...firstAttempt, claimId: message.claimId ?? "" } } : {}),
    },
  };
}

function idOf(index: number): string {
  return `msg_${String(index).padStart(26, "0")}`;
}

async function scan({ client, tableName }: Stores): Promise<Item[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  const keyOf = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`;
  return Items.map(sorted).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function sorted(item: Item): Item {
  return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
}
