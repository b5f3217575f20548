import { buildWeb, isStale, WEB_DIST } from "../../web/build.ts";

/**
 * The folder of the built dashboard; builds it first (about a second) if it is missing or out of date.
 * Undefined, after saying why, if it cannot be built: nobody should lose the API over a style sheet.
 */
export async function dashboardDirectory(): Promise<string | undefined> {
  try {
    if (await isStale()) await buildWeb();
    return WEB_DIST;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    process.stderr.write(`The dashboard could not be built, everything else runs: ${reason}\n`);
    return undefined;
  }
}
