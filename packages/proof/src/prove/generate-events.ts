/** Schedules of events: what meets an event, its endpoints and those who change them beside every other fault. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import {
  ANYWHERE,
  action,
  amongOthers,
  answer,
  faultsOf,
  incident,
  moments,
  setup,
  span,
  spanOf,
} from "./generate.ts";
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
import type { Schedule } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

const MAX_EVENTS = 2;
const MAX_ENDPOINTS = 3;
const CHANNELS = ["a", "b"] as const;

/** Mostly absent. */
function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
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
const endpointNumber = fc.nat({ max: MAX_ENDPOINTS - 1 });

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

const answers = fc.array(
  fc.oneof({ weight: 12, arbitrary: answer }, { weight: 1, arbitrary: fc.constant(GONE) }),
  {
    maxLength: 3,
  },
);

const channels = seldom(fc.subarray([...CHANNELS], { minLength: 1 }));

const endpoint: fc.Arbitrary<ScheduledEndpoint> = fc
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
    answers,
  })
  .map(({ eventTypes, channels: wanted, ...rest }) => ({
    ...rest,
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

const event: fc.Arbitrary<ScheduledEvent> = fc
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

const change: fc.Arbitrary<Change> = fc.record({
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
function withinEndpoints({ endpoints, events, changes, listeners = [] }: FanOut): FanOut {
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

const fanOut: fc.Arbitrary<FanOut> = fc
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
  "failDisabled",
  "cancelDeleted",
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
const slowLooks: fc.Arbitrary<Incident[]> = fc.array(
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

const incidents: fc.Arbitrary<Incident[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof(ofEvents, incident), { maxLength: 8 }) },
  { weight: 2, arbitrary: amongOthers(slowCall) },
  { weight: 1, arbitrary: fc.constant<Incident[]>([]) },
);

const actions = fc.array(action, { maxLength: 2 });

const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  setup,
  messages: fc.constant([]),
  fanOut,
  actions,
  incidents,
});

/** Endpoints come, go and come back while one event after the other looks for those that it matches. */
const races: fc.Arbitrary<Schedule> = fc.record({
  setup,
  messages: fc.constant([]),
  fanOut: fc
    .record({
      endpoints: fc.array(endpoint, { minLength: 1, maxLength: 2 }),
      events: fc.array(event, { minLength: 3, maxLength: 3 }).map(([first, ...others]) => [
        ...(first ? [first] : []),
        ...others.map((one, index) => ({
          ...one,
          posts: one.posts.map((later) => ({ ...later, when: { ms: 40 + index * 2 * SECOND } })),
        })),
      ]),
      changes: fc.array(
        fc.record({
          kind: fc.constantFrom<Change["kind"]>("DISABLED", "ACTIVE", "PAUSED", "delete"),
          when: fc.record({ ms: moments }),
          endpoint: endpointNumber,
        }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map(withinEndpoints),
  actions: fc.constant([]),
  incidents: slowLooks,
});

export const eventSchedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 6, arbitrary: anySchedule },
  { weight: 1, arbitrary: races },
);

/** For servers that take their time. */
export const smallEventSchedules: fc.Arbitrary<Schedule> = fc.record({
  setup: setup.map((full) => ({ ...full, retryScheduleMs: full.retryScheduleMs.slice(0, 2) })),
  messages: fc.constant([]),
  fanOut,
  actions: actions.map((all) => all.filter(({ kind }) => !kind.endsWith("Outage"))),
  incidents: fc.array(fc.oneof(ofEvents, incident), { maxLength: 6 }),
});
