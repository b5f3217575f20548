/** Batches, in the examples of the document. */
import { acceptedEvent } from "./event.ts";
import { accepted } from "./message.ts";
import { problem } from "./problem.ts";

export const BATCH_EXAMPLES = {
  batch: {
    messages: [
      { targetUrl: "https://example.com/hook", body: { order: 42 }, idempotencyKey: "order-42-paid" },
      { targetUrl: "ftp://example.com/", body: { order: 43 } },
    ],
  },
  batchResult: {
    results: [
      { index: 0, httpStatus: 202, message: accepted },
      {
        index: 1,
        httpStatus: 400,
        problem: problem(
          400,
          "VALIDATION_ERROR",
          "The request is not valid",
          "The request is not valid; see errors.",
          {
            errors: [
              { path: "targetUrl", message: "The URL must start with http:// or https:// and name a host." },
            ],
          },
        ),
      },
    ],
  },
  eventBatch: {
    events: [
      { senderId: "acme", eventType: "invoice.paid", body: { id: "inv_1" }, idempotencyKey: "inv_1-paid" },
      { senderId: "acme", eventType: "user.created", body: { id: "usr_7" } },
    ],
  },
  eventBatchResult: {
    results: [
      { index: 0, httpStatus: 202, event: acceptedEvent },
      {
        index: 1,
        httpStatus: 422,
        problem: problem(
          422,
          "IDEMPOTENCY_KEY_REUSED",
          "The idempotency key belongs to another request",
          "This idempotency key was used with another request; use a new key for a new event.",
        ),
      },
    ],
  },
};
