/** What receivers get, in the examples of the document. */
import { endpointId, messageId } from "./ids.ts";

export const DELIVERY_EXAMPLES = {
  delivered: { id: "inv_1", total: 1200 },
  operations: {
    type: "endpoint.failing",
    timestamp: "2026-11-21T10:30:00.000Z",
    data: {
      senderId: "cus_42",
      endpointId,
      description: "billing, production",
      origin: "https://example.com",
      state: "ACTIVE",
      failingSince: "2026-11-21T09:30:00.000Z",
      failures: 41,
      lastFailure: {
        at: "2026-11-21T10:29:58.000Z",
        messageId,
        responseStatus: 503,
      },
    },
  },
};
