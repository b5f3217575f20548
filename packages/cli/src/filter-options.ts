import type { RetryFilter } from "@homing/client/source/types";
import { timeBefore } from "./times.ts";
import { UsageError } from "./usage-error.ts";

/** The options by which messages are chosen. */
export const FILTER_OPTIONS = {
  sender: { type: "string" },
  target: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  "response-status": { type: "string" },
  endpoint: { type: "string" },
  event: { type: "string" },
  "event-type": { type: "string" },
} as const;

/** For commands that look at failures; what waits has no such reason. */
export const FAILURE_OPTION = { "failure-reason": { type: "string" } } as const;
export const FAILURE_EXPLANATION =
  "--failure-reason R   that failed for this reason, such as ATTEMPTS_EXHAUSTED";

export const FILTER_EXPLANATIONS = [
  "--sender S        of this sender",
  "--target HOST     to this host",
  "--since TIME      accepted at or after: 2026-12-24T08:00:00Z, or 2h for two hours ago",
  "--until TIME      accepted before: the same",
  "--response-status N  whose target answered this to the latest attempt, such as 503",
  "--endpoint EP     that brings events to this endpoint",
  "--event EVT       that brings this event",
  "--event-type T    that brings events of this type; with --sender, --endpoint or --event",
];

type FilterName = keyof typeof FILTER_OPTIONS | keyof typeof FAILURE_OPTION;
type FilterValues = { readonly [Name in FilterName]?: string | undefined };

/** @throws UsageError */
export function filterOf(values: FilterValues, now: number): RetryFilter {
  const { sender, target, since, until } = values;
  return {
    senderId: sender,
    target,
    since: timeBefore(now, since, "--since"),
    until: timeBefore(now, until, "--until"),
    // Which reasons there are, Homing says itself.
    failureReason: values["failure-reason"]?.toUpperCase() as RetryFilter["failureReason"],
    responseStatus: statusOf(values["response-status"]),
    endpointId: values.endpoint,
    eventId: values.event,
    eventType: values["event-type"],
  };
}

function statusOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d\d$/.test(text))
    throw new UsageError(`--response-status: "${text}" is not a status such as 503.`);
  return Number(text);
}
