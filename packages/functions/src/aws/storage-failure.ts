import { isClockError } from "@homing/core/send/clock-error";
import { StorageError } from "@homing/core/store/message-store";
import { isThrottlingError, isTransientError } from "@smithy/service-error-classification";
import { hadUnansweredTry, wasNeverSent } from "./unanswered-tries.ts";

/** What a rejected DynamoDB call means for the caller; the original stays in `cause`. */
export function storageFailure(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (!(error instanceof Error)) return new StorageError(true, true, error);
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const refused = status !== undefined && status >= 400 && status < 500;
  const sdkError = error as Parameters<typeof isTransientError>[0];
  const permanent =
    refused &&
    !isThrottlingError(sdkError) &&
    !isTransientError(sdkError) &&
    !isClockError(error.name, error);
  const unanswered = hadUnansweredTry(error) || (status === undefined && !wasNeverSent(error));
  const mayHaveTakenEffect = unanswered || (!refused && !wasNeverSent(error));
  return new StorageError(mayHaveTakenEffect, !permanent, error, unanswered);
}

/** @throws StorageError for whatever the call throws. */
export async function callStorage<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storageFailure(error);
  }
}
