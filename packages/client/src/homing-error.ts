import type { Problem } from "./types.ts";

/**
 * A call that the API refused or could not finish, or that never reached it. `retryable` says whether the very
 * same call is safe and useful to repeat; the client has done so already.
 */
export class HomingError extends Error {
  override name = "HomingError";
  /** The problem document; absent if the API did not answer, or something before it did. */
  readonly problem: Problem | undefined;
  /** HTTP status; absent without an answer. */
  readonly status: number | undefined;
  readonly retryable: boolean;
  /** Seconds, as the answer's `retry-after` says. */
  readonly retryAfterSeconds: number | undefined;
  /** What the message was sent under: sent again under the same key, it is never doubled. */
  readonly idempotencyKey: string | undefined;

  constructor(
    message: string,
    options: {
      readonly problem?: Problem | undefined;
      readonly status?: number | undefined;
      readonly retryable: boolean;
      readonly retryAfterSeconds?: number | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = options.problem;
    this.status = options.status;
    this.retryable = options.retryable;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.idempotencyKey = options.idempotencyKey;
  }

  get code(): Problem["code"] | undefined {
    return this.problem?.code;
  }

  get correlationId(): string | undefined {
    return this.problem?.correlationId;
  }

  /** True if the message, or the event, is kept, and sent without another call, although this one failed. */
  get stored(): boolean {
    return this.problem?.stored ?? false;
  }

  get eventId(): string | undefined {
    return this.problem?.eventId;
  }

  get messageId(): string | undefined {
    return this.problem?.messageId;
  }
}
