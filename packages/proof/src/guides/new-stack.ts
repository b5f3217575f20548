/** A reader begins with a stack that knows nothing. */
import { loadLocalSettings } from "@homing/local/local-settings";
import { startStack } from "@homing/local/stack";
import type { Guide, Language } from "./guide-programs.ts";
import { runGuide, type Told } from "./run-guide.ts";

/** The usual one, but for the first delay: on a busy machine nothing is to happen between two steps. */
const UNHURRIED_SCHEDULE = "10m,5m,30m,2h,5h,10h,14h,20h,24h";
const KEY = "an-operator-key-for-the-tests";

/** @param folder where the client for TypeScript is installed */
export async function readOnNewStack(
  guide: Guide,
  language: Language,
  env: Readonly<Record<string, string | undefined>>,
  folder?: string,
): Promise<Told> {
  const settings = {
    PORT: "0",
    HOMING_DATA_DIR: "memory",
    HOMING_OPERATOR_KEY: KEY,
    HOMING_RETRY_SCHEDULE: UNHURRIED_SCHEDULE,
  };
  const stack = await startStack(loadLocalSettings(settings));
  try {
    const told = await runGuide(guide, language, {
      url: stack.url,
      key: KEY,
      env,
      ...(folder ? { folder } : {}),
    });
    return {
      ...told,
      printed: told.printed.map((text) => text.replaceAll(/follows in 1[01] min\./g, "follows in 5 s.")),
    };
  } finally {
    await stack.stop();
  }
}
