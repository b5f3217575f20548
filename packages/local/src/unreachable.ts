import { SettingsError } from "@homing/core/settings";

const NETWORK_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "TimeoutError",
]);

/**
 * A server that somebody else runs and that does not answer is a setting to mend, not a fault to trace.
 *
 * @throws SettingsError that names variable and address, if `provisioning` cannot reach `endpoint`.
 */
export async function namedIfUnreachable<T>(
  variable: string,
  endpoint: string | undefined,
  provisioning: Promise<T>,
): Promise<T> {
  try {
    return await provisioning;
  } catch (error) {
    const { code, name } = error as { readonly code?: string; readonly name?: string };
    const cause = [code, name].find((one) => one !== undefined && NETWORK_ERRORS.has(one));
    if (endpoint === undefined || cause === undefined) throw error;
    const reason = `${endpoint} does not answer (${cause}); start that server first`;
    throw new SettingsError(`${variable}: ${reason}.`, { cause: error });
  }
}
