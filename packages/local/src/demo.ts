/**
 * `npm run demo`: fills a running stack with messages of every outcome, queue outages with rollbacks included, with
 * endpoints and events, and carries on with one a second until Ctrl-C. `--once` ends after the first round.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { given } from "@homing/core/settings";
import { scriptOptions } from "@homing/functions/machine/script-options";
import { DemoOver, demoApi } from "./demo/demo-api.ts";
import { startDemoTarget } from "./demo/demo-target.ts";
import { burst, trickle } from "./demo/run-demo.ts";

const HELP = `Usage: npm run demo -- [options]

Fills a running stack with messages of every outcome, with endpoints and events that go to them or nowhere, and carries
on with a message a second until Ctrl-C.

  --once       end after the first round

PORT and HOMING_DATA_DIR say which stack, as for npm start.
`;

async function main(): Promise<void> {
  const { once } = scriptOptions(
    { help: HELP, options: { once: { type: "boolean", default: false } } },
    (values) => values,
  );
  const url = `http://127.0.0.1:${given(process.env, "PORT") ?? "3000"}`;
  const over = new AbortController();
  process.once("SIGINT", () => over.abort());
  process.once("SIGTERM", () => over.abort());
  const surroundings = {
    now: Date.now,
    pause: (ms: number) => wait(ms, undefined, { signal: over.signal }).catch(() => undefined),
    isOver: () => over.signal.aborted,
    say: (line: string) => void process.stdout.write(`${line}\n`),
  };
  const api = demoApi(url, operatorKey(), surroundings);
  await api.check();

  const target = await startDemoTarget();
  const deps = { ...surroundings, api, target };
  try {
    await burst(deps);
    if (once) return;
    deps.say(`Look at ${url}/ — carrying on with a message a second until Ctrl-C.`);
    await trickle(deps);
  } catch (error) {
    if (!(error instanceof DemoOver)) throw error;
  } finally {
    await target.close();
  }
}

/** As the stack itself finds it: from the environment, or from its data folder. */
function operatorKey(): string {
  const key = given(process.env, "HOMING_OPERATOR_KEY");
  if (key !== undefined) return key;
  const file = join(given(process.env, "HOMING_DATA_DIR") ?? ".homing", "operator-key");
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new Error(
      `There is no operator key in ${file}: run npm start first, or set HOMING_OPERATOR_KEY to its key.`,
    );
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
