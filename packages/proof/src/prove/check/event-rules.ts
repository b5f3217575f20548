/**
 * What may happen to an event, and what has to be true of it at every write: by hand from the design, as the rules of
 * messages. Which endpoints it goes to is worked out here anew.
 */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { Event, EventStatus } from "@homing/core/event/event";
import type { EventWriteFact } from "../simulate/event-ledger.ts";
import type { Ledger } from "../simulate/ledger.ts";

/** What is wrong with a write of an event; undefined if nothing is. */
export function wrongEventWrite(write: EventWriteFact, ledger: Ledger): string | undefined {
  return (
    wrongEventShape(write.after) ?? (write.before ? wrongEventStep(write, ledger) : wrongBirth(write, ledger))
  );
}

function wrongEventShape({ status, dueAt, done, matched }: Event): string | undefined {
  if ((status === "PENDING") !== (dueAt !== undefined))
    return `an event that is ${status} ${dueAt === undefined ? "without" : "with"} a dueAt`;
  if (done > matched.length) return "more is done of an event than there was to do";
  return new Set(matched).size < matched.length ? "an event names an endpoint twice" : undefined;
}

function wrongBirth({ after, process }: EventWriteFact, ledger: Ledger): string | undefined {
  if (after.revision !== 1 || after.done !== 0)
    return "an event begins with its first revision, nothing done";
  const expected: EventStatus = after.matched.length === 0 ? "EXPANDED" : "PENDING";
  if (after.status !== expected)
    return `an event for ${after.matched.length} endpoints begins as ${after.status}`;
  if (!ledger.fanOut.hasPayload(after)) return "an event is stored before its payload";
  return wrongMatching(after, ledger, process);
}

/** What was answered before the call counts; what went on beside it, either way. */
function wrongMatching(event: Event, ledger: Ledger, process: string): string | undefined {
  const { fanOut } = ledger;
  // Tried by hand: in whatever state it is.
  if (event.forced) return event.matched.join() === event.endpointId ? undefined : "a trial goes elsewhere";
  const [write] = fanOut.writesOf.get(event.eventId) ?? [];
  const storedAt = write?.at ?? 0;
  for (const endpointId of fanOut.endpointIds()) {
    const believed = fanOut.believable(endpointId, fanOut.beganAt(process), storedAt);
    const isNamed = event.matched.includes(endpointId);
    if (isNamed && !believed.some((endpoint) => fits(event, endpoint) && endpoint?.state !== "DISABLED"))
      return "an event goes to an endpoint that it did not match when its call began, nor since";
    if (!isNamed && believed.every((endpoint) => fits(event, endpoint) && endpoint?.state !== "DISABLED"))
      return "an event does not go to an endpoint that it matched before its call began";
    const isSkipped = event.skipped.some((one) => one.endpointId === endpointId);
    if (!isSkipped && believed.every((endpoint) => fits(event, endpoint) && endpoint?.state === "DISABLED"))
      return "an event does not tell of an endpoint that it passed over";
  }
  const stranger = event.matched.find((endpointId) => !fanOut.endpointIds().includes(endpointId));
  return stranger && "an event goes to an endpoint that nobody has created";
}

function fits(event: Event, endpoint: Endpoint | undefined): boolean {
  if (endpoint === undefined || endpoint.state === "DELETED") return false;
  if (endpoint.senderId !== event.senderId) return false;
  if (event.endpointId !== undefined) return event.endpointId === endpoint.endpointId;
  const { eventTypes, channels } = endpoint;
  const [family] = event.eventType.split(".");
  return (
    (eventTypes === undefined ||
      eventTypes.some((type) => type === event.eventType || type === `${family}.*`)) &&
    (channels === undefined || channels.some((channel) => event.channels?.includes(channel)))
  );
}

const STEPS: ReadonlyArray<readonly [EventStatus, EventStatus]> = [
  ["PENDING", "EXPANDED"],
  ["PENDING", "PENDING"],
  ["PENDING", "FAILED"],
  ["EXPANDED", "PENDING"],
  ["FAILED", "PENDING"],
];

const DAY_MS = 24 * 3_600_000;
/** For so long it is tried to make the messages of an event. */
const EXPANDED_WITHIN_MS = 7 * DAY_MS;

const NEVER_CHANGE = [
  "senderId",
  "eventType",
  "channels",
  "endpointId",
  "forced",
  "requestHash",
  "correlationId",
  "idempotencyKey",
  "createdAt",
  "deliverBy",
  "expiresAt",
] as const satisfies readonly (keyof Event)[];

function wrongEventStep(write: EventWriteFact, ledger: Ledger): string | undefined {
  const { before, after } = write;
  if (!before) return undefined;
  if (!STEPS.some(([from, to]) => from === before.status && to === after.status))
    return `${before.status} → ${after.status} is no step of an event`;
  if (after.revision !== before.revision + 1) return "a step of an event adds exactly 1 to its revision";
  const stray = NEVER_CHANGE.find((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (stray) return `an event's ${stray} has changed`;
  const kept = after.matched.slice(0, before.matched.length);
  if (kept.join() !== before.matched.join()) return "the endpoints of an event have changed";
  if (after.done < before.done) return "less is done of an event than before";
  const wrong =
    wrongGrowth(write, ledger) ??
    (after.status === "FAILED" ? wrongGiveUp(write, ledger) : wrongRetry(write));
  if (wrong) return wrong;
  if (after.status !== "EXPANDED") return undefined;
  if (after.matched.length > before.matched.length) return "an event is EXPANDED and grows at once";
  const missing = after.matched
    .slice(before.done)
    .some((endpointId) => !deliveryOf(ledger, after, endpointId));
  return missing ? "an event is EXPANDED before all of its messages are there" : undefined;
}

/** Only a replay adds an endpoint: its own, if the event fits that. */
function wrongGrowth({ before, after, process }: EventWriteFact, { fanOut }: Ledger): string | undefined {
  const added = after.matched.slice(before?.matched.length);
  if (added.length === 0)
    return before?.status === "EXPANDED"
      ? "an event is PENDING again, and has nothing more to do"
      : undefined;
  const endpointId = fanOut.replays.get(process);
  if (endpointId === undefined || added.join() !== endpointId) return "an event grows, and nobody replays it";
  if (after.status !== "PENDING") return "an event has grown, and nobody looks after it";
  return fanOut.believable(endpointId, fanOut.beganAt(process), Infinity).some((one) => fits(after, one))
    ? undefined
    : "an event is brought to an endpoint that it does not match";
}

/** No outage of hours fails an event. */
function wrongGiveUp({ at, before, process }: EventWriteFact, ledger: Ledger): string | undefined {
  const { pendingSince, retriedAt = pendingSince } = before ?? { pendingSince: at };
  return ledger.latestBelief(process, at) < retriedAt + EXPANDED_WITHIN_MS
    ? "expanding an event is given up within a week"
    : undefined;
}

function wrongRetry({ before, after }: EventWriteFact): string | undefined {
  if (before?.status !== "FAILED") return undefined;
  if (after.failureReason !== undefined) return "an event goes on, and says that it has failed";
  return after.retriedAt === undefined
    ? "an event that has failed goes on, and nobody has asked for it"
    : undefined;
}

export function deliveryOf(ledger: Ledger, { eventId }: Event, endpointId: string) {
  return ledger.states().find((message) => message.eventId === eventId && message.endpointId === endpointId);
}
