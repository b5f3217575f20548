import { type FieldError, FieldErrors } from "./field-errors.ts";
import type { Status } from "./message/message.ts";

/** The closed list of codes an API caller can meet. Their HTTP statuses are decided in one place, at the edge. */
export type ErrorCode =
  | "VALIDATION_ERROR"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "IDEMPOTENCY_KEY_REUSED"
  | "PREVIOUS_NOT_ACCEPTED"
  | "RATE_LIMITED"
  | "SYSTEM_ERROR";

export interface HomingErrorOptions {
  /** Whether repeating this very call is safe and useful. */
  readonly retryable?: boolean;
  readonly errors?: FieldErrors;
  /** Set once the message, or the event, is stored, whatever happened to it afterwards. */
  readonly stored?: {
    readonly messageId?: string;
    readonly messageStatus?: Status;
    readonly eventId?: string;
  };
  readonly retryAfterSeconds?: number;
  /** For a SYSTEM_ERROR: repeating cannot help until an operator acts. */
  readonly permanent?: boolean;
  readonly cause?: unknown;
}

/**
 * The one error that crosses from the core to a caller. `message` is safe to show: it never holds anything
 * that AWS said. `cause` keeps the original for the logs.
 */
export class HomingError extends Error {
  override name = "HomingError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly errors: FieldErrors | undefined;
  readonly stored: HomingErrorOptions["stored"];
  readonly retryAfterSeconds: number | undefined;
  readonly permanent: boolean;

  constructor(code: ErrorCode, message: string, options: HomingErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.errors = options.errors;
    this.stored = options.stored;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.permanent = options.permanent ?? false;
  }
}

/** One or more things wrong with the request. */
export function validationError(errors: FieldErrors | readonly FieldError[]): HomingError {
  const all = errors instanceof FieldErrors ? errors : FieldErrors.of(...errors);
  return new HomingError("VALIDATION_ERROR", "The request is not valid; see errors.", { errors: all });
}
