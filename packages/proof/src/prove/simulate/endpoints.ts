/** The endpoints of a schedule: what they are called, and what they say of their configuration in each request. */
import { OPERATIONS_SENDER } from "@homing/core/endpoint/announcement";
import type { Endpoint, EndpointConfiguration } from "@homing/core/endpoint/endpoint";
import { endpointIdForKey } from "@homing/core/endpoint/endpoint-id";
import type { ScheduledEndpoint } from "./fan-out.ts";
import { START_AT } from "./fixed-times.ts";
import { fanOutOf, type Schedule } from "./schedule.ts";

/** Of all events. */
export const EVENT_SENDER = "acme";
const OTHER_SENDER = "globex";
/** The header by which an endpoint tells its own requests, and which of its configurations they were made with. */
export const CONFIGURATION_HEADER = "x-configuration";

export function senderOfEndpoint({
  foreign,
  tellsOperators,
}: Pick<ScheduledEndpoint, "foreign" | "tellsOperators">): string {
  if (tellsOperators) return OPERATIONS_SENDER;
  return foreign ? OTHER_SENDER : EVENT_SENDER;
}

export function endpointKey(endpoint: number): string {
  return `endpoint-${endpoint}`;
}

export function endpointIdIn(schedule: Schedule, endpoint: number): string {
  const scheduled = fanOutOf(schedule).endpoints[endpoint];
  return endpointIdForKey(senderOfEndpoint(scheduled ?? { foreign: false }), endpointKey(endpoint));
}

export function scheduledEndpoint(schedule: Schedule, endpointId: string): ScheduledEndpoint | undefined {
  return fanOutOf(schedule).endpoints.find((_, index) => endpointIdIn(schedule, index) === endpointId);
}

/** Each configuration has a URL of its own, and a header that says the same. */
export function configurationOf(schedule: Schedule, endpoint: number, number: number): EndpointConfiguration {
  const { eventTypes, channels, rateLimit } = fanOutOf(schedule).endpoints[endpoint] ?? {};
  return {
    url: `https://target.example/${endpointIdIn(schedule, endpoint)}/${number}`,
    ...(eventTypes ? { eventTypes } : {}),
    ...(channels ? { channels } : {}),
    ...(rateLimit ? { rateLimit } : {}),
    headers: { [CONFIGURATION_HEADER]: String(number) },
    svixHeaders: number % 2 === 0,
  };
}

/** Which of its configurations a URL belongs to; the first is number 1. */
export function configurationNumber(url: string): number {
  return Number(new URL(url).pathname.split("/")[2]);
}

/** Whose URL it is. */
export function endpointIdOf(url: string): string {
  return new URL(url).pathname.split("/")[1] ?? "";
}

/** One that is there from the beginning. */
export function standingEndpoint(schedule: Schedule, endpoint: number): Endpoint {
  const scheduled = fanOutOf(schedule).endpoints[endpoint];
  return {
    endpointId: endpointIdIn(schedule, endpoint),
    senderId: senderOfEndpoint(scheduled ?? { foreign: false }),
    ...configurationOf(schedule, endpoint, 1),
    idempotencyKey: endpointKey(endpoint),
    requestHash: "standing",
    ...(scheduled?.rateLimit ? { rateSince: START_AT } : {}),
    generation: 1,
    state: "ACTIVE",
    stateReason: "REQUESTED",
    stateSince: START_AT,
    createdAt: START_AT,
    updatedAt: START_AT,
    revision: 1,
    writeId: `standing-${endpoint}`,
  };
}
