/** Events and their deliveries in every state they can be in: their part of a version's record. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DAY, MINUTE } from "@homing/core/duration";
import type { KnownEndpoint } from "@homing/core/endpoint/known-endpoint";
import type { Event } from "@homing/core/event/event";
import type { EventPayload } from "@homing/core/event/event-input";
import * as EventLifecycle from "@homing/core/event/event-lifecycle";
import type { StoredEventPayload } from "@homing/core/event/event-store";
import { claim } from "@homing/core/message/claims";
import { encodeCopy } from "@homing/core/message/copy";
import {
  cancelDeleted,
  failDisabled,
  hold,
  holdFailed,
  holdOn,
  repace,
  spawn,
  throttle,
} from "@homing/core/message/delivery-lifecycle";
import { enqueue } from "@homing/core/message/lifecycle";
import type { DeliveryMessage, HoldReason, Message } from "@homing/core/message/message";
import type { Transition } from "@homing/core/message/transition";
import { buildEvent, buildEventPayload } from "@homing/core/testing/build-event";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import type { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";

const SHARDS = 4;
const RETENTION_MS = 30 * DAY;
const SETTINGS = { queueDeadlineMs: 15 * MINUTE, attempts: 10 };

/** What this version makes of them. */
export interface EventMeaning {
  readonly events: readonly Event[];
  readonly eventPayloads: readonly (StoredEventPayload | undefined)[];
  readonly slices: readonly string[];
  readonly deliveries: readonly Message[];
}

const endpointIdOf = (index: number) => `ep_${String(index).padStart(26, "0")}`;
const eventIdOf = (index: number) => `evt_${String(index).padStart(26, "0")}`;
const event = (index: number, over: Partial<Event> = {}) =>
  buildEvent({
    eventId: eventIdOf(index),
    writeId: `event-${index}`,
    matched: [endpointIdOf(0), endpointIdOf(1)],
    ...over,
  });

const PENDING = event(0);
const EVENTS: readonly Event[] = [
  PENDING,
  event(1, { matched: [], status: "EXPANDED", expandedAt: NOON }),
  event(2, {
    channels: ["project_7"],
    endpointId: endpointIdOf(0),
    forced: true,
    idempotencyKey: "order-42",
    deliverBy: NOON + DAY,
    matched: [endpointIdOf(0)],
    skipped: [{ endpointId: endpointIdOf(2), reason: "ENDPOINT_DISABLED" }],
  }),
  event(3),
  event(4),
  event(5),
  event(6),
  event(7, { skippedCount: 21 }),
];
const PAYLOADS: readonly EventPayload[] = [
  buildEventPayload(),
  buildEventPayload({
    headers: {},
    body: '{"b":1,"2":2,"1":1.50,"s":"\\u00e9 é 👍 \\/"}',
    metadata: { order: "42", ключ: "значение" },
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    tracestate: "vendor=1,other=2",
  }),
];
const ENDPOINTS: readonly (KnownEndpoint | undefined)[] = [
  {
    url: "https://customer.example/hook?token=1",
    headers: { "X-Api-Key": "secret" },
    svixHeaders: true,
    state: "ACTIVE",
    generation: 3,
    sealedSecret: "c2VhbGVk",
    previousSecrets: [{ generation: 2, validUntil: NOON + DAY }],
    rateLimit: { count: 100, period: "1m" },
    rateSince: NOON,
    paceRound: 1,
    failingSince: NOON - DAY,
    gate: { probe: { messageId: "msg_00000000000000000000000000", attempt: 2 } },
    readAt: NOON,
  },
  undefined,
];

const at = (token: string) => ({ now: NOON + 1, token, correlationId: "run-1" });
const payloadOwner = (index: number) => ({ eventId: eventIdOf(0), requestHash: `hash-${index}` });
const messageIdOf = (index: number) => `msg_${String(500 + index).padStart(26, "0")}`;

/** Deliveries as they begin, and what becomes of each. */
const DELIVERIES: ReadonlyArray<readonly [Message, ...Array<(message: DeliveryMessage) => Transition>]> = [
  [born(0, PENDING, undefined)],
  [born(1, PENDING, "ENDPOINT_PAUSED")],
  [born(2, PENDING, "ENDPOINT_PAUSED"), (message) => ({ ...holdOn(message, at("hold-on")) })],
  [born(3, { ...PENDING, forced: true, deliverBy: NOON + DAY }, "ENDPOINT_PAUSED")],
  [
    born(4, PENDING, undefined),
    (message) => hold({ copyAttempt: 1 }, message, at("hold"), "ENDPOINT_PAUSED"),
  ],
  [
    born(5, PENDING, undefined),
    (message) => failDisabled({ copyAttempt: 1 }, message, at("fail"), RETENTION_MS),
  ],
  [born(6, PENDING, undefined), () => cancelDeleted({ copyAttempt: 1 }, at("cancel"), RETENTION_MS)],
  // Of a limited endpoint: their slot is now, soon, far off, not to be had, and a later one than at first.
  [born(7, PENDING, undefined, NOON)],
  [born(8, PENDING, undefined, NOON + MINUTE)],
  [born(9, PENDING, undefined, NOON + DAY)],
  [
    born(10, PENDING, undefined, NOON + DAY),
    (message) => throttle(message, { slotAt: undefined }, at("throttle")),
  ],
  [
    born(11, PENDING, undefined, NOON),
    ({ endpointId }) =>
      repace({ attempt: 1, slotAt: NOON, endpointId }, { slotAt: NOON + DAY }, at("repace")),
  ],
  // Given another slot once their endpoint was activated: far off again, and sent.
  [born(12, PENDING, undefined, NOON + DAY, 1)],
  [
    born(13, PENDING, undefined, NOON + DAY),
    (message) => throttle(message, { slotAt: NOON + 2 * DAY, round: 1 }, at("throttle-anew"), true),
  ],
  [
    born(14, PENDING, undefined, NOON + DAY, 1),
    (message) => enqueue(message, at("enqueue-anew"), 15 * MINUTE, { slotAt: NOON }, true),
  ],
  // Of an endpoint that holds because it fails: born so, held when their copies came, and after an attempt that failed.
  [born(15, PENDING, "ENDPOINT_FAILING")],
  [
    born(16, PENDING, undefined),
    (message) => hold({ copyAttempt: 1 }, message, at("hold-failing"), "ENDPOINT_FAILING"),
  ],
  [
    born(17, PENDING, undefined),
    () => claim(1, at("claim-failing"), MINUTE),
    (message) => holdFailed(message, at("hold-failed"), "claim-failing", NOON + DAY, { responseStatus: 503 }),
  ],
];

function born(
  index: number,
  of: Event,
  holds: HoldReason | undefined,
  slotAt?: number,
  round?: number,
): DeliveryMessage {
  const occasion = { now: NOON, token: `born-${index}` };
  const given = slotAt === undefined ? undefined : { slotAt, round };
  const message = spawn(of, endpointIdOf(0), holds, occasion, SETTINGS, given);
  return { ...message, messageId: messageIdOf(index) };
}

interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** Lets this version write one of everything. */
export async function writeEvents({ client, tableName }: Table, store: DynamoDbMessageStore): Promise<void> {
  const events = new DynamoDbEventStore(client, tableName, new TestClock(), SHARDS);
  for (const [index, payload] of PAYLOADS.entries())
    await events.putPayload(payloadOwner(index), payload, NOON + 60 * DAY);
  for (const one of EVENTS) await events.insert(one);
  const [, , , expanded, postponed, failed, appended] = EVENTS;
  const steps = [
    expanded && EventLifecycle.expanded(expanded, at("expanded")),
    postponed && EventLifecycle.postpone(postponed, at("postponed"), 15 * MINUTE),
    failed && EventLifecycle.giveUp(failed, at("given-up")),
    appended && EventLifecycle.append(appended, endpointIdOf(9), at("appended"), RETENTION_MS),
  ];
  const [retried] = EVENTS.slice(7);
  const givenUp =
    retried && (await events.apply(retried.eventId, EventLifecycle.giveUp(retried, at("again"))));
  const retry = givenUp?.event && EventLifecycle.retry(givenUp.event, at("retried"), RETENTION_MS);
  if (retried && retry) await events.apply(retried.eventId, retry);
  for (const [index, step] of steps.entries()) if (step) await events.apply(eventIdOf(3 + index), step);
  await events.noteSlice(eventIdOf(0), "0-100", NOON + 60 * DAY);
  for (const [first, ...transitions] of DELIVERIES) {
    let message = first;
    await store.insert(message);
    for (const transition of transitions) {
      const written = await store.apply(message.messageId, transition(message as DeliveryMessage));
      if (!written.applied) throw new Error("Nobody else moves it.");
      message = written.message;
    }
  }
}

export async function eventMeaning(
  { client, tableName }: Table,
  store: DynamoDbMessageStore,
): Promise<EventMeaning> {
  const events = new DynamoDbEventStore(client, tableName, new TestClock(), SHARDS);
  const found = await events.getMany(EVENTS.map(({ eventId }) => eventId));
  const deliveries = await store.getMany(DELIVERIES.map(([{ messageId }]) => messageId));
  return {
    events: [...found].sort((a, b) => (a.eventId < b.eventId ? -1 : 1)),
    eventPayloads: await Promise.all(PAYLOADS.map((_, index) => events.getPayload(payloadOwner(index)))),
    slices: [...(await events.slices(eventIdOf(0)))],
    deliveries: [...deliveries].sort((a, b) => (a.messageId < b.messageId ? -1 : 1)),
  };
}

/** Copies of deliveries: with all that one may carry, and with as little as one can. */
export function deliveryCopies(): string[] {
  const [whole, least] = [
    born(0, { ...PENDING, deliverBy: NOON + DAY, forced: true }, undefined, NOON),
    born(1, PENDING, undefined),
  ];
  return [
    ...PAYLOADS.flatMap((payload) =>
      ENDPOINTS.map((endpoint) => encodeCopy(whole, { event: payload, ...(endpoint ? { endpoint } : {}) })),
    ),
    encodeCopy(least, { event: buildEventPayload({ body: JSON.stringify("x".repeat(64_000)) }) }),
  ];
}
