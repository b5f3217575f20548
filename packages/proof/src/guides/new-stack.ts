/** A reader begins with a Homing that knows nothing. */
import { startInstallation as startLocal } from "@homing/local/testing/installation";
import { startInstallation as startServer } from "../one-machine/installation.ts";
import { type Guide, type Language, typedIn } from "./guide-programs.ts";
import { runGuide, type Told } from "./run-guide.ts";

/** The usual one, but for the first delay: on a busy machine nothing is to happen between two steps. */
const UNHURRIED_SCHEDULE = "10m,5m,30m,2h,5h,10h,14h,20h,24h";
/** One word, as those that Homing makes. */
const KEY = "an-operator-key-for-the-tests";
/** The one thing that a guide asks of the local stack alone. */
const OF_LOCAL_STACK = "/local/queue-outage";

/**
 * Every guide on both stacks: in TypeScript on the server for one machine, in a shell and in Python on the local one.
 *
 * @param folder where the client for TypeScript is installed
 */
export async function readOnNewStack(
  guide: Guide,
  language: Language,
  env: Readonly<Record<string, string | undefined>>,
  folder?: string,
): Promise<Told> {
  const isLocal = language !== "ts" || typedIn(guide, language).some((code) => code.includes(OF_LOCAL_STACK));
  const start = isLocal ? startLocal : startServer;
  const homing = await start({ HOMING_OPERATOR_KEY: KEY, HOMING_RETRY_SCHEDULE: UNHURRIED_SCHEDULE });
  try {
    const told = await runGuide(guide, language, {
      url: homing.url,
      key: KEY,
      env,
      ...(folder ? { folder } : {}),
    });
    return {
      ...told,
      printed: told.printed.map((text) => text.replaceAll(/follows in 1[01] min\./g, "follows in 5 s.")),
    };
  } finally {
    await homing.stop();
  }
}
