/** Problems, in the examples of the document. */
import { correlationId, messageId } from "./ids.ts";

export function problem(status: number, code: string, title: string, detail: string, more: object = {}) {
  return { type: "about:blank", title, status, detail, code, correlationId, retryable: false, ...more };
}

const stored = { stored: true, messageId, messageStatus: "PENDING" };

export const PROBLEM_EXAMPLES = {
  invalid: problem(
    400,
    "VALIDATION_ERROR",
    "The request is not valid",
    "The request is not valid; see errors.",
    {
      errors: [{ path: "method", message: "must be one of GET, POST, PUT, PATCH, DELETE" }],
    },
  ),
  unauthorized: problem(
    401,
    "UNAUTHORIZED",
    "A valid key is needed",
    "Send a valid key: authorization: Bearer <key>.",
  ),
  forbidden: problem(403, "FORBIDDEN", "This key does not allow that", "This key lacks the scope send."),
  notFound: problem(
    404,
    "NOT_FOUND",
    "Not found",
    "There is nothing here, or nothing that this key may see.",
  ),
  methodNotAllowed: problem(405, "METHOD_NOT_ALLOWED", "Method not allowed", "Use GET or POST."),
  conflict: problem(
    409,
    "CONFLICT",
    "Not possible in the message's present status",
    "A message that is COMPLETED cannot be cancelled.",
    { ...stored, messageStatus: "COMPLETED" },
  ),
  tooLarge: problem(
    413,
    "PAYLOAD_TOO_LARGE",
    "The request is too large",
    "The request must be at most 262,144 bytes.",
  ),
  unsupported: problem(
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    "The request must be JSON",
    "Send JSON, with content-type: application/json.",
  ),
  keyReused: problem(
    422,
    "IDEMPOTENCY_KEY_REUSED",
    "The idempotency key belongs to another request",
    "This idempotency key was used with another request; use a new key for a new message.",
  ),
  previousNotAccepted: problem(
    424,
    "PREVIOUS_NOT_ACCEPTED",
    "An earlier message was not accepted",
    "An earlier message of this call with the same ordering key was not accepted. Send both again, in their order.",
    { retryable: true },
  ),
  rateLimited: problem(
    429,
    "RATE_LIMITED",
    "Too many requests",
    "Too many requests for this sender; wait as retry-after says.",
    { retryable: true },
  ),
  refusedByQueue: problem(
    500,
    "SYSTEM_ERROR",
    "Something on our side failed",
    "The message is stored but could not be queued yet. It is kept, and sent as soon as that is possible, without another call.",
    stored,
  ),
  unavailable: problem(
    503,
    "SYSTEM_ERROR",
    "Something on our side failed",
    "The message is stored but could not be queued yet. It is kept, and sent as soon as that is possible, without another call.",
    { ...stored, retryable: true },
  ),
};
