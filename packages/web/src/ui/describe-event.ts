/** What has become of an event, in one line. */
import type { EventItem } from "../api/types.ts";

export type EventAppearance = "EXPANDED" | "UNMATCHED" | "PENDING" | "FAILED";

export const EVENT_NAMES: Record<EventAppearance, string> = {
  EXPANDED: "Matched",
  UNMATCHED: "Unmatched",
  PENDING: "Pending",
  FAILED: "Failed",
};

type Described = Pick<EventItem, "status" | "matched" | "skippedCount">;

/** One that goes nowhere is that, whatever its status says. */
export function appearanceOfEvent({ status, matched }: Described): EventAppearance {
  return matched === 0 ? "UNMATCHED" : status;
}

export function describeEvent(event: Described): string {
  const { matched, skippedCount } = event;
  const disabled = skippedCount > 0 ? `${count(skippedCount, "disabled one")} left out` : "";
  switch (appearanceOfEvent(event)) {
    case "UNMATCHED":
      return disabled ? `To no endpoint: ${disabled}` : "No endpoint matched";
    case "PENDING":
      return `About to go to ${count(matched, "endpoint")}`;
    case "FAILED":
      return "Its messages could not be made for 7 days";
    case "EXPANDED":
      return [`To ${count(matched, "endpoint")}`, ...(disabled ? [disabled] : [])].join(", ");
    default:
      // The API may know more than a dashboard that has been open for a while.
      return event.status;
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString()} ${what}${number === 1 ? "" : "s"}`;
}
