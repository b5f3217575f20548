/** What a listener sends and gets, in the examples of the document. */
import { claimId, eventId, messageId } from "./ids.ts";

export const LISTENER_EXAMPLES = {
  takeInput: { limit: 1 },
  takenDeliveries: {
    deliveries: [
      {
        messageId,
        eventId,
        attempt: 1,
        claimId,
        request: {
          method: "POST",
          headers: [
            { name: "content-type", value: "application/json" },
            { name: "webhook-id", value: eventId },
            { name: "webhook-timestamp", value: "1795311000" },
            { name: "webhook-signature", value: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=" },
            { name: "webhook-event-type", value: "invoice.paid" },
          ],
          body: '{"id":"inv_1","total":1200}',
        },
      },
    ],
    leaseSeconds: 60,
    timeoutSeconds: 15,
  },
  deliveryAnswer: {
    messageId,
    claimId,
    durationMs: 102,
    responseStatus: 200,
    responseHeaders: { "content-type": "text/plain" },
    responseBody: "ok",
  },
  answeredDelivery: { messageId, status: "COMPLETED" },
};
