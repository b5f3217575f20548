/** Errors as RFC 9457 problem documents: the one place that maps codes to HTTP. */
import { type ErrorCode, HomingError } from "@homing/core/error";
import { MAX_FIELD_ERRORS } from "@homing/core/field-errors";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Problem } from "./answers/problem.ts";

const STATUS: Record<ErrorCode, ContentfulStatusCode> = {
  VALIDATION_ERROR: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_KEY_REUSED: 422,
  PREVIOUS_NOT_ACCEPTED: 424,
  RATE_LIMITED: 429,
  SYSTEM_ERROR: 503,
};

const TITLE: Record<ErrorCode, string> = {
  VALIDATION_ERROR: "The request is not valid",
  UNAUTHORIZED: "A valid key is needed",
  FORBIDDEN: "This key does not allow that",
  NOT_FOUND: "Not found",
  METHOD_NOT_ALLOWED: "Method not allowed",
  CONFLICT: "Not possible at present",
  PAYLOAD_TOO_LARGE: "The request is too large",
  UNSUPPORTED_MEDIA_TYPE: "The request must be JSON",
  IDEMPOTENCY_KEY_REUSED: "The idempotency key belongs to another request",
  PREVIOUS_NOT_ACCEPTED: "An earlier message was not accepted",
  RATE_LIMITED: "Too many requests",
  SYSTEM_ERROR: "Something on our side failed",
};

export function problemStatus(error: HomingError): ContentfulStatusCode {
  return error.code === "SYSTEM_ERROR" && error.permanent ? 500 : STATUS[error.code];
}

/** Holds nothing but what Homing itself has to say: no name, message or address from AWS. */
export function toProblem(error: HomingError, correlationId: string, maxErrors = MAX_FIELD_ERRORS): Problem {
  const { stored } = error;
  const errors = error.errors?.listed.slice(0, maxErrors);
  const omitted = (error.errors?.omitted ?? 0) + (error.errors?.listed.slice(maxErrors).length ?? 0);
  return {
    type: "about:blank",
    title: TITLE[error.code],
    status: problemStatus(error),
    detail: error.message,
    code: error.code,
    correlationId,
    retryable: error.retryable,
    ...(stored ? { stored: true, ...stored } : {}),
    ...(errors ? { errors } : {}),
    ...(omitted > 0 ? { errorsOmitted: omitted } : {}),
  };
}

/** Headers that belong to the error. */
export function problemHeaders(error: HomingError): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (error.retryAfterSeconds !== undefined && problemStatus(error) !== 500)
    headers["retry-after"] = String(error.retryAfterSeconds);
  if (error.code === "UNAUTHORIZED") headers["www-authenticate"] = "Bearer";
  return headers;
}

/** Whatever was thrown, as an error a caller may see. Anything unforeseen is ours, and says nothing. */
export function toHomingError(error: unknown): HomingError {
  if (error instanceof HomingError) return error;
  return new HomingError("SYSTEM_ERROR", "Something unexpected happened; quote the correlation id.", {
    permanent: true,
    cause: error,
  });
}
