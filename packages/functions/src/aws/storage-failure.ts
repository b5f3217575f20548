import { StorageError } from "@homing/core/store/message-store";
import { isThrottlingError, isTransientError } from "@smithy/service-error-classification";

/** Refused before anything was written, or never on the wire. */
const NEVER_ARRIVED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CredentialsProviderError"]);

/** What a rejected DynamoDB call means for the caller; the original stays in `cause`. */
export function storageFailure(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (!(error instanceof Error)) return new StorageError(true, true, error);
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const refused = status !== undefined && status >= 400 && status < 500;
  const neverArrived = NEVER_ARRIVED.has(code ?? "") || NEVER_ARRIVED.has(error.name);
  const sdkError = error as Parameters<typeof isTransientError>[0];
  const permanent = refused && !isThrottlingError(sdkError) && !isTransientError(sdkError);
  const answered = status !== undefined;
  return new StorageError(!refused && !neverArrived, !permanent, error, !answered && !neverArrived);
}
