import { HomingError } from "@homing/core/error";

const RETRY_AFTER_SECONDS = 1;

export class OverloadError extends HomingError {
  override name = "OverloadError";

  constructor() {
    super("SYSTEM_ERROR", "Too many calls are in progress here; nothing was stored. Repeat the call.", {
      retryable: true,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}
