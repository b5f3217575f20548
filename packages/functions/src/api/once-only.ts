import { HomingError } from "@homing/core/error";
import { StorageError } from "@homing/core/store/message-store";

/** For a change that must not be repeated blindly: only if it surely did not happen is it retryable. */
export async function onceOnly<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof StorageError) || !error.mayHaveTakenEffect) throw error;
    throw new HomingError(
      "SYSTEM_ERROR",
      "The storage did not answer; look what is there before you repeat.",
      {
        retryAfterSeconds: error.retryAfterSeconds ?? 1,
        permanent: error.permanent,
        cause: error,
      },
    );
  }
}
