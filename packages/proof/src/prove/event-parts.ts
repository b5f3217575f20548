/** What schedules of events are put together from. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import { action, setup } from "./generate.ts";
import { ANYWHERE, amongOthers, faultsOf, incident, spanOf } from "./generate-incidents.ts";
import { answer } from "./generate-messages.ts";
import { moments, span } from "./generate-times.ts";
import {
  type Change,
  EVENT_TYPES,
  type FanOut,
  type ScheduledEndpoint,
  type ScheduledEvent,
  type ScheduledListener,
} from "./simulate/fan-out.ts";
import type { Fault, Incident, Operation } from "./simulate/incident.ts";
import type { Post, When } from "./simulate/post.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

const MAX_EVENTS = 2;
const MAX_ENDPOINTS = 3;
const CHANNELS = ["a", "b"] as const;

/** Mostly absent. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const seldomTrue = fc.oneof(
  { weight: 8, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

const number = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat({ max: MAX_EVENTS - 1 }) },
);
export const endpointNumber = fc.nat({ max: MAX_ENDPOINTS - 1 });

/** Some milliseconds after the calls have begun, or when something has become of an event's deliveries. */
const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ms: moments }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ms: moments,
      after: fc.record({
        message: number,
        reason: fc.constantFrom<HistoryReason>(
          "EXPANDED",
          "CLAIMED",
          "RETRY",
          "DELIVERED",
          "SEND_FAILED",
          "ENDPOINT_DISABLED",
          "ENDPOINT_PAUSED",
        ),
      }),
    }),
  },
);

const GONE: TargetAnswer = { kind: "answers", status: 410, afterMs: 20 };

/** Small enough for an event of a schedule to have several slices, and a backlog several runs. */
export const eventSetup = fc
  .record({ setup, sliceEndpoints: fc.constantFrom(4, 6), perEndpoint: fc.constantFrom(1, 2, 500) })
  .map(({ setup: common, ...limits }) => ({ ...common, ...limits }));

export const answers = fc.array(
  fc.oneof({ weight: 12, arbitrary: answer }, { weight: 1, arbitrary: fc.constant(GONE) }),
  {
    maxLength: 3,
  },
);

const channels = seldom(fc.subarray([...CHANNELS], { minLength: 1 }));

/** The second slot is at once, is carried by the queue, or is too far for it. */
export const rateLimit = fc.constantFrom<NonNullable<ScheduledEndpoint["rateLimit"]>>(
  { count: 1, period: "1s" },
  { count: 3, period: "1m" },
  { count: 1, period: "10m" },
  { count: 1, period: "20m" },
);

export const endpoint: fc.Arbitrary<ScheduledEndpoint> = fc
  .record({
    created: seldom(when),
    eventTypes: seldom(
      fc.constantFrom<NonNullable<ScheduledEndpoint["eventTypes"]>>(
        ["order.*"],
        ["order.paid", "user.created"],
        ["user.created"],
      ),
    ),
    channels: seldom(channels),
    foreign: seldomTrue,
    rateLimit: seldom(rateLimit),
    answers,
  })
  .map(({ eventTypes, channels: wanted, rateLimit: limit, ...rest }) => ({
    ...rest,
    ...(limit ? { rateLimit: limit } : {}),
    ...(eventTypes ? { eventTypes } : {}),
    ...(wanted ? { channels: wanted } : {}),
  }));

const post: fc.Arbitrary<Post> = fc.record({
  when: fc.record({ ms: moments }),
  repeats: fc.nat({ max: 2 }),
  conflicting: fc.constant(false),
});

const laterPost: fc.Arbitrary<Post> = fc.record({
  when,
  repeats: fc.nat({ max: 1 }),
  conflicting: seldomTrue,
});

export const event: fc.Arbitrary<ScheduledEvent> = fc
  .record({
    idempotent: fc.oneof(
      { weight: 3, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    eventType: fc.constantFrom(...EVENT_TYPES),
    channels,
    endpoint: seldom(endpointNumber),
    deliverWithinMs: seldom(fc.constantFrom(SECOND, MINUTE, HOUR)),
    large: seldomTrue,
    first: post,
    more: fc.array(laterPost, { maxLength: 2 }),
  })
  .map(({ first, more, channels: given, endpoint: only, deliverWithinMs, ...rest }) => ({
    ...rest,
    ...(given ? { channels: given } : {}),
    ...(only === undefined ? {} : { endpoint: only }),
    ...(deliverWithinMs === undefined ? {} : { deliverWithinMs }),
    posts: [first, ...(rest.idempotent ? more : [])],
  }));

export const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change["kind"]>(
    "configure",
    "configure",
    "PAUSED",
    "PAUSED",
    "ACTIVE",
    "ACTIVE",
    "DISABLED",
    "delete",
    "rotate",
    "tryOut",
    "replay",
    "sendUndelivered",
  ),
  when,
  endpoint: endpointNumber,
});

const listener: fc.Arbitrary<ScheduledListener> = fc.record({
  when,
  endpoint: endpointNumber,
  looks: fc.integer({ min: 1, max: 20 }),
});

/** An event that is told of by its number may go to one that is not there. */
export function withinEndpoints({ endpoints, events, changes, listeners = [] }: FanOut): FanOut {
  const count = endpoints.length;
  return {
    endpoints,
    events: events.map(({ endpoint: only, ...rest }) => ({
      ...rest,
      ...(only === undefined ? {} : { endpoint: only % count }),
    })),
    changes: changes.map((one) => ({ ...one, endpoint: one.endpoint % count })),
    ...(listeners.length === 0
      ? {}
      : { listeners: listeners.map((one) => ({ ...one, endpoint: one.endpoint % count })) }),
  };
}

/** More than a call expands for itself. */
const manyEndpoints = fc.array(
  endpoint.map(({ eventTypes: _types, channels: _channels, ...rest }) => ({ ...rest, foreign: false })),
  { minLength: 11, maxLength: 12 },
);

export const fanOut: fc.Arbitrary<FanOut> = fc
  .record({
    endpoints: fc.oneof(
      { weight: 15, arbitrary: fc.array(endpoint, { minLength: 1, maxLength: MAX_ENDPOINTS }) },
      { weight: 1, arbitrary: manyEndpoints },
    ),
    events: fc.array(event, { minLength: 1, maxLength: MAX_EVENTS }),
    changes: fc.array(change, { maxLength: 4 }),
    listeners: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(listener, { minLength: 1, maxLength: 2 }) },
    ),
  })
  .map(withinEndpoints);

const EVENT_CALLS = [
  "insert",
  "insert",
  "putEventPayload",
  "insertEvent",
  "expandEvent",
  "expandEvent",
  "send",
] as const satisfies readonly Operation[];

const ENDPOINT_CALLS = [
  "version",
  "listEndpoints",
  "getEndpoint",
  "insertEndpoint",
  "changeEndpoint",
  "raiseVersion",
  "getEvents",
  "getEvent",
  "getEventPayload",
  "keepEventPayload",
  "appendEvent",
  "postponeEvent",
  "bringEventForward",
  "noteSlice",
  "getSlices",
  "failDisabled",
  "cancelDeleted",
  "reserve",
  "throttle",
  "repace",
  "hold",
  "take",
  "holdOn",
  "dueEndpoints",
] as const satisfies readonly Operation[];

export const ofEvents: fc.Arbitrary<Incident> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom<Operation>(...EVENT_CALLS) },
    { weight: 2, arbitrary: fc.constantFrom<Operation>(...ENDPOINT_CALLS) },
  )
  .chain((operation) =>
    (operation === "send" ? faultsOf(operation) : fc.constantFrom<Fault>(...ANYWHERE)).chain((fault) =>
      fc.record({
        operation: fc.constant(operation),
        message: number,
        occurrence: fc.integer({ min: 1, max: 4 }),
        times: fc.oneof(
          { weight: 4, arbitrary: fc.constant(1) },
          { weight: 1, arbitrary: fc.constantFrom(3, 12) },
        ),
        fault: fc.constant(fault),
        span: spanOf(fault),
      }),
    ),
  );

/** A call that is decided now and takes effect when others have gone before it. */
const slowCall: fc.Arbitrary<Incident[]> = fc
  .record({
    operation: fc.constantFrom<Operation>(...EVENT_CALLS, ...ENDPOINT_CALLS),
    message: number,
    occurrence: fc.constantFrom(1, 1, 2),
    fault: fc.constantFrom<Fault>("stallsBefore", "stallsAfter", "happensLater", "diesAfter"),
    span,
  })
  .map((one) => [{ ...one, times: 1 }]);

/** Reading and changing endpoints take so long that each falls between the other's two steps. */
export const slowLooks: fc.Arbitrary<Incident[]> = fc.array(
  fc.record({
    operation: fc.constantFrom<Operation>(
      "version",
      "listEndpoints",
      "insertEndpoint",
      "changeEndpoint",
      "raiseVersion",
    ),
    message: fc.constant(0),
    occurrence: fc.integer({ min: 1, max: 3 }),
    times: fc.constant(1),
    fault: fc.constantFrom<Fault>("stallsBefore", "stallsAfter"),
    span: fc.record({ ms: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(SECOND, 5 * SECOND)) }),
  }),
  { minLength: 1, maxLength: 3 },
);

export const incidents: fc.Arbitrary<Incident[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof(ofEvents, incident), { maxLength: 8 }) },
  { weight: 2, arbitrary: amongOthers(slowCall) },
  { weight: 1, arbitrary: fc.constant<Incident[]>([]) },
);

export const actions = fc.array(action, { maxLength: 2 });

/** To every endpoint that wants all types. */
export const plainEvent: fc.Arbitrary<ScheduledEvent> = event.map(
  ({ channels: _channels, endpoint: _endpoint, ...rest }) => ({ ...rest, eventType: "order.paid" as const }),
);
