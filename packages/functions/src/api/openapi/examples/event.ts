/** Events, in the examples of the document. */
import { correlationId, endpointId, eventId, messageId } from "./ids.ts";
import { listItem } from "./message.ts";

export const acceptedEvent = {
  eventId,
  status: "EXPANDED",
  stored: true,
  duplicate: false,
  matched: 1,
  skipped: 0,
  queued: 1,
  messages: [{ messageId, endpointId, status: "QUEUED" }],
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
};

const event = {
  eventId,
  status: "EXPANDED",
  senderId: "acme",
  eventType: "invoice.paid",
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
  expandedAt: "2026-11-22T01:30:00.020Z",
  matched: 1,
  skipped: [],
  skippedCount: 0,
};

export const EVENT_EXAMPLES = {
  eventInput: {
    senderId: "acme",
    eventType: "invoice.paid",
    body: { id: "inv_1", total: 1200 },
    metadata: { order: "42" },
  },
  acceptedEvent,
  duplicateEvent: { ...acceptedEvent, duplicate: true },
  eventList: { items: [event] },
  event: {
    ...event,
    headers: {},
    body: { id: "inv_1", total: 1200 },
    metadata: { order: "42" },
    counts: { COMPLETED: 1 },
    messages: [listItem],
    notMatched: [{ endpointId: "ep_01KAMQ7A5T3VX9BBW1C2D3E4F5", reason: "EVENT_TYPE", changedSince: false }],
  },
  cancelledEvent: { cancelled: 3, skipped: 1 },
};
