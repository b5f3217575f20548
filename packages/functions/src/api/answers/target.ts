/** What the API answers of how targets fare. */
import { ENDPOINT_HEALTHS } from "@homing/core/endpoint/endpoint";
import * as v from "valibot";
import { attemptEndEntries, count, timestamp, told } from "./fields.ts";

const rate = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const targetHealthSchema = v.object({
  target: v.optional(
    told(v.string(), "Host, with its port if it has one of its own. Absent of an endpoint that is deleted."),
  ),
  endpointId: v.optional(
    told(
      v.string(),
      "Of what brings events: the endpoint. Absent of messages with a `targetUrl` of their own.",
    ),
  ),
  senderId: v.optional(told(v.string(), "Whose endpoint it is.")),
  health: told(
    v.picklist(ENDPOINT_HEALTHS),
    "`FAILING`: every attempt for a minute or longer has failed, of those that are known. Of an endpoint: as the endpoint itself says.",
  ),
  failingSince: v.optional(told(timestamp, "While it is `FAILING`.")),
  failures: told(count, "Attempts that have failed since the last that succeeded."),
  lastAttempt: v.optional(
    told(
      v.object({ ...attemptEndEntries, errorCode: v.optional(v.string()) }),
      "The latest that ended: when, of which message, and what was answered, or what went wrong instead.",
    ),
  ),
  attempts: told(
    v.object({ succeeded: count, failed: count }),
    "Of the newest messages: attempts that ended.",
  ),
  successRate: v.optional(told(rate, "Of these attempts. Absent if there were none.")),
  firstAttempt: v.optional(
    told(
      v.object({ p50Ms: count, p95Ms: count }),
      "How long first attempts took that succeeded, half of them and 95 of a hundred at most.",
    ),
  ),
  messages: told(count, "How many of the newest messages go there."),
  failed: told(count, "Of all that were read: FAILED, and nobody has resolved them."),
  retrying: told(count, "Of all that were read: an attempt has failed, and another follows."),
});
export type TargetView = v.InferOutput<typeof targetHealthSchema>;

export const targetListSchema = v.object({
  items: told(
    v.array(targetHealthSchema),
    "The failing ones first, then those where most attempts fail; at most 100.",
  ),
  omitted: told(count, "How many more there are, none of them worse."),
  basis: told(
    v.object({
      messages: told(count, "The newest messages that were read, at most 1,000."),
      since: told(timestamp, "They are all that were accepted since then."),
      failed: told(count, "Older ones that have failed within 24 hours, at most 200."),
      retrying: told(count, "Others that wait for another attempt, at most 200; none for one sender."),
      capped: told(v.array(v.string()), "Of which of these there are more."),
    }),
    "What all of this is told of: not of every message there is.",
  ),
});
export type TargetList = v.InferOutput<typeof targetListSchema>;
