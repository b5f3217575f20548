/** What the API answers of endpoints, and of their secrets. */
import { ENDPOINT_HEALTHS, ENDPOINT_STATES, STATE_REASONS } from "@homing/core/endpoint/endpoint";
import * as v from "valibot";
import { count, nextCursor, searchedSince, textRecord, timestamp, told } from "./fields.ts";

export const endpointSchema = v.object({
  endpointId: v.string(),
  senderId: v.string(),
  url: v.string(),
  description: v.optional(v.string()),
  eventTypes: v.optional(told(v.array(v.string()), "Absent: events of all types.")),
  channels: v.optional(told(v.array(v.string()), "Absent: all events, with or without channels.")),
  headers: told(textRecord, "Values that may be secrets are `***`."),
  metadata: v.optional(textRecord),
  svixHeaders: v.boolean(),
  retrySchedule: v.optional(told(v.array(v.string()), "Delays between attempts. Absent: as everywhere.")),
  rateLimit: v.optional(
    told(v.object({ count, period: v.string() }), "So many requests in a period, at most. Absent: no limit."),
  ),
  state: v.picklist(ENDPOINT_STATES),
  stateReason: told(v.picklist(STATE_REASONS), "Why it is in this state."),
  stateSince: timestamp,
  health: told(
    v.picklist(ENDPOINT_HEALTHS),
    "FAILING: every attempt has failed for a minute or longer, as far as has been told.",
  ),
  failingSince: v.optional(timestamp),
  failures: v.optional(told(count, "Attempts that failed since then; told once a minute.")),
  lastFailure: v.optional(
    v.object({
      at: timestamp,
      messageId: v.string(),
      responseStatus: v.optional(count),
      errorCode: v.optional(v.string()),
    }),
  ),
  gate: v.optional(
    told(
      v.object({
        since: timestamp,
        probes: told(count, "How many messages it was tried with so far."),
        nextProbeAt: told(timestamp, "When the next one is let through, or a little later."),
        probe: v.optional(
          told(v.object({ messageId: v.string(), attempt: count }), "The latest that was let through."),
        ),
      }),
      "Since the endpoint fails its deliveries are held (`pendingReason` ENDPOINT_FAILING), and one at a time is let through, to see whether it is well again.",
    ),
  ),
  held: v.optional(
    told(
      v.object({
        count: told(count, "May be off by a little."),
        capped: told(v.boolean(), "There are more: 10,000 are counted."),
        oldest: v.optional(told(timestamp, "When the oldest of them was accepted.")),
      }),
      "Deliveries that wait for the endpoint to be activated, or to be well again. Not in lists.",
    ),
  ),
  secret: v.object({
    generation: told(count, "Which of its secrets signs now."),
    imported: told(v.boolean(), "It was brought along."),
    previousValidUntil: v.optional(
      told(timestamp, "Until then deliveries are signed with an earlier secret as well."),
    ),
  }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type EndpointView = v.InferOutput<typeof endpointSchema>;

export const endpointListSchema = v.object({ items: v.array(endpointSchema), nextCursor, searchedSince });
export type EndpointList = v.InferOutput<typeof endpointListSchema>;

export const deletedEndpointSchema = v.object({ endpointId: v.string(), state: v.literal("DELETED") });
export type DeletedEndpoint = v.InferOutput<typeof deletedEndpointSchema>;

export const endpointTestedSchema = v.object({
  eventId: told(v.string(), "Also the `webhook-id` of the delivery."),
  messageId: v.string(),
});
export type EndpointTested = v.InferOutput<typeof endpointTestedSchema>;

export const endpointSecretSchema = v.object({
  secret: told(v.string(), "What the endpoint's receiver verifies with."),
  previous: told(
    v.array(v.object({ secret: v.string(), validUntil: timestamp })),
    "Those that deliveries are signed with as well, until then.",
  ),
});
export type EndpointSecret = v.InferOutput<typeof endpointSecretSchema>;
