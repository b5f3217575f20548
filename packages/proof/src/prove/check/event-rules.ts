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
];

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

function wrongEventStep({ before, after }: EventWriteFact, ledger: Ledger): string | undefined {
  if (!before) return undefined;
  if (!STEPS.some(([from, to]) => from === before.status && to === after.status))
    return `${before.status} → ${after.status} is no step of an event`;
  if (after.revision !== before.revision + 1) return "a step of an event adds exactly 1 to its revision";
  const stray = NEVER_CHANGE.find((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (stray) return `an event's ${stray} has changed`;
  const kept = after.matched.slice(0, before.matched.length);
  if (kept.join() !== before.matched.join()) return "the endpoints of an event have changed";
  if (after.done < before.done) return "less is done of an event than before";
  if (after.status !== "EXPANDED") return undefined;
  if (after.matched.length > before.matched.length) return "an event is EXPANDED and grows at once";
  const missing = after.matched
    .slice(before.done)
    .some((endpointId) => !deliveryOf(ledger, after, endpointId));
  return missing ? "an event is EXPANDED before all of its messages are there" : undefined;
}

export function deliveryOf(ledger: Ledger, { eventId }: Event, endpointId: string) {
  return ledger.states().find((message) => message.eventId === eventId && message.endpointId === endpointId);
}
