/** Schedules of events: what meets an event, its endpoints and those who change them beside every other fault. */
import { SECOND } from "@homing/core/duration";
import fc from "fast-check";
import {
  actions,
  endpoint,
  endpointNumber,
  event,
  eventSetup,
  fanOut,
  incidents,
  ofEvents,
  slowLooks,
  withinEndpoints,
} from "./event-parts.ts";
import { setup } from "./generate.ts";
import { replays, sliced } from "./generate-expansions.ts";
import { holds, lateHolds, secondThoughts, secondWishes } from "./generate-holds.ts";
import { incident } from "./generate-incidents.ts";
import { paced } from "./generate-paced.ts";
import { moments } from "./generate-times.ts";
import type { Change } from "./simulate/fan-out.ts";
import type { Schedule } from "./simulate/schedule.ts";

const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  setup: eventSetup,
  messages: fc.constant([]),
  fanOut,
  actions,
  incidents,
});

/** Endpoints come, go and come back while one event after the other looks for those that it matches. */
const races: fc.Arbitrary<Schedule> = fc.record({
  setup: eventSetup,
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
  { weight: 1, arbitrary: sliced },
  { weight: 1, arbitrary: replays },
  { weight: 2, arbitrary: holds },
  { weight: 1, arbitrary: lateHolds },
  { weight: 1, arbitrary: secondThoughts },
  { weight: 1, arbitrary: secondWishes },
  { weight: 2, arbitrary: paced },
);

/** For servers that take their time. */
export const smallEventSchedules: fc.Arbitrary<Schedule> = fc.record({
  setup: setup.map((full) => ({ ...full, retryScheduleMs: full.retryScheduleMs.slice(0, 2) })),
  messages: fc.constant([]),
  fanOut,
  actions: actions.map((all) => all.filter(({ kind }) => !kind.endsWith("Outage"))),
  incidents: fc.array(fc.oneof(ofEvents, incident), { maxLength: 6 }),
});
