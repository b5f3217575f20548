/** Events in lines for people. */
import type { AcceptedEvent, EventDryRun, EventListItem, EventView } from "@homing/client/source/types";
import { fields, pair, section } from "./format.ts";
import type { Cell, Line } from "./output.ts";

const STATUS_STYLE = {
  PENDING: "yellow",
  EXPANDED: "green",
  FAILED: "red",
} as const satisfies Record<EventListItem["status"], string>;

export function eventCells(event: EventListItem): Cell[] {
  const { createdAt, status, eventId, senderId, eventType, matched, skippedCount, failureReason } = event;
  return [
    createdAt.replace("T", " ").slice(0, 19),
    { text: status, style: STATUS_STYLE[status] },
    eventId,
    senderId,
    eventType,
    matchedText(matched, skippedCount),
    failureReason ?? "",
  ];
}

export function sentLine(event: AcceptedEvent): Line {
  const { eventId, status, matched, skipped, duplicate } = event;
  return [eventId, status, matchedText(matched, skipped), duplicate ? "sent before" : ""];
}

export function dryRunLines({ matched, skipped, endpointIds }: EventDryRun): Line[] {
  return [`would go to ${matchedText(matched, skipped)}`, ...endpointIds.map((id) => `  ${id}`)];
}

/** An event with all that it has become. `bodyText` is its body as JSON. */
export function eventLines(event: EventView, bodyText: string | undefined): Line[] {
  const { idempotencyKey, correlationId, channels, endpointId, deliverBy, expandedAt, dueAt } = event;
  return [
    eventCells(event),
    ...fields({
      "idempotency key": idempotencyKey,
      "correlation id": correlationId,
      channels: channels?.join(","),
      "for one endpoint": endpointId,
      "useless after": deliverBy,
      "expanded at": expandedAt,
      "due at": dueAt,
    }),
    ...deliveryLines(event),
    ...section("metadata", Object.entries(event.metadata ?? {}), pair),
    ...section("headers", Object.entries(event.headers), pair),
    ...(bodyText === undefined ? [] : ["body", `  ${bodyText}`]),
  ];
}

/** Which endpoints got it, which did not, and why. */
export function explainLines(event: EventView): Line[] {
  return [eventCells(event), ...deliveryLines(event)];
}

function deliveryLines({ messages, skipped, notMatched = [] }: EventView): Line[] {
  const omitted = new Set(skipped.map(({ endpointId }) => endpointId));
  return [
    ...section("deliveries", messages, ({ endpointId = "", messageId, status, targetUrl = "" }) => [
      endpointId,
      messageId,
      status,
      targetUrl,
    ]),
    ...section("skipped", skipped, ({ endpointId, reason }) => [endpointId, reason]),
    ...section(
      "not matched",
      notMatched.filter(({ endpointId }) => !omitted.has(endpointId)),
      ({ endpointId, reason, changedSince }) => [
        endpointId,
        reason,
        changedSince ? "as it is now; it was changed since" : "",
      ],
    ),
  ];
}

function matchedText(matched: number, skipped: number): string {
  const endpoints = `${matched} endpoint${matched === 1 ? "" : "s"}`;
  return skipped === 0 ? endpoints : `${endpoints}, ${skipped} skipped`;
}
