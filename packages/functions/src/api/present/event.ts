/** Events as the API shows them. */

import type { NotMatched } from "@homing/core/endpoint/explain";
import type { EventAcceptance } from "@homing/core/event/accept-event";
import { type Event, skippedCount } from "@homing/core/event/event";
import type { EventPayload } from "@homing/core/event/event-input";
import { MOST_EXPANDED_INLINE } from "@homing/core/event/event-lifecycle";
import { maskHeaders } from "@homing/core/message/headers";
import type { Message } from "@homing/core/message/message";
import { formatTimestamp } from "@homing/core/message/timestamp";
import type { MessageSummary } from "@homing/core/operate/read-summaries";
import type { AcceptedEvent, EventListItem, EventView } from "../answers/event.ts";
import { itemsThatFit } from "../page.ts";
import { compact, time } from "./fields.ts";
import { isQueued, presentListItem } from "./message.ts";

export function presentAcceptedEvent(
  { event, duplicate, messages }: EventAcceptance,
  correlationId: string,
): AcceptedEvent {
  return {
    eventId: event.eventId,
    status: event.status,
    stored: true,
    duplicate,
    matched: event.matched.length,
    skipped: skippedCount(event),
    queued: messages.filter(isQueued).length,
    ...(event.matched.length > MOST_EXPANDED_INLINE
      ? {}
      : {
          messages: messages.map(({ messageId, endpointId = "", status }) => ({
            messageId,
            endpointId,
            status,
          })),
        }),
    correlationId,
    createdAt: formatTimestamp(event.createdAt),
  };
}

export function presentEventListItem(event: Event): EventListItem {
  return compact({
    eventId: event.eventId,
    status: event.status,
    failureReason: event.failureReason,
    senderId: event.senderId,
    eventType: event.eventType,
    channels: event.channels && [...event.channels],
    endpointId: event.endpointId,
    idempotencyKey: event.idempotencyKey,
    correlationId: event.correlationId,
    createdAt: formatTimestamp(event.createdAt),
    deliverBy: time(event.deliverBy),
    expandedAt: time(event.expandedAt),
    dueAt: time(event.dueAt),
    matched: event.matched.length,
    skipped: event.skipped.map((one) => ({ ...one })),
    skippedCount: skippedCount(event),
  }) as EventListItem;
}

export interface EventDetail {
  readonly event: Event;
  /** Absent only if it was lost. */
  readonly payload: EventPayload | undefined;
  /** All of them, in the order of `matched`. */
  readonly messages: readonly Message[];
  /** Of those that are shown. */
  readonly summaries: ReadonlyMap<string, MessageSummary>;
  readonly notMatched?: readonly NotMatched[];
}

export const MAX_SHOWN_MESSAGES = 100;

/** Without the body, which is JSON text of its own. */
export function presentEvent(detail: EventDetail): Omit<EventView, "body"> {
  const { event, payload, messages, summaries, notMatched } = detail;
  const counts: Partial<Record<Message["status"], number>> = {};
  for (const { status } of messages) counts[status] = (counts[status] ?? 0) + 1;
  return compact({
    ...presentEventListItem(event),
    headers: maskHeaders(payload?.headers ?? {}),
    metadata: payload?.metadata,
    counts,
    messages: itemsThatFit(
      messages
        .slice(0, MAX_SHOWN_MESSAGES)
        .map((message) => presentListItem(message, summaries.get(message.messageId))),
    ),
    notMatched: notMatched?.map((one) => ({ ...one })),
  }) as Omit<EventView, "body">;
}
