/** `npm start`: the local stack, from its first line to a clean end. */
import { SettingsError } from "@homing/core/settings";
import { unknownVariables } from "@homing/core/variables";
import { diskFull, MEMORY } from "@homing/functions/machine/data-dir";
import { scriptOptions } from "@homing/functions/machine/script-options";
import { onStopSignal } from "@homing/functions/machine/stop-signals";
import { dashboardDirectory } from "../../web/build.ts";
import { loadLocalSettings } from "./local-settings.ts";
import { startStack } from "./stack.ts";

const HELP = `Usage: npm start

Runs Homing on this machine: API, worker, reconciler and dashboard, with embedded DynamoDB and SQS.

  PORT                          API, docs and dashboard (3000)
  HOMING_DATA_DIR               where the data is kept; "memory" for none (.homing)
  HOMING_OPERATOR_KEY           the operator key, 24 characters or more (kept in the data folder)
  HOMING_RETRY_SCHEDULE         delays between attempts (5s,5m,30m,2h,5h,10h,14h,20h,24h)
  HOMING_RECONCILE_INTERVAL     how often the reconciler runs (5s)
  HOMING_DELIVERY_TIMEOUT       deadline of one attempt (15s)
  HOMING_LEASE                  how long a claim holds (60s)
  HOMING_QUEUE_DEADLINE         how long a copy may wait in the queue (60s)
  HOMING_SEND_BUDGET            longest time one send may spend retrying (5s)
  HOMING_RETENTION              how long finished messages stay (30d)
  HOMING_ENDPOINT_DISABLE_AFTER after how long of nothing but failures an endpoint is disabled (5d)
  HOMING_FAILING_GATE           on: an endpoint that keeps failing holds its messages, but for probes (off)
  HOMING_SHARDS                 into how many parts each index is split (4)
  HOMING_PORTAL_ORIGINS         whose pages may embed the portal, such as https://app.example.com (none)
  HOMING_ALLOW_PRIVATE_TARGETS  CIDR ranges that may be delivered to (127.0.0.0/8,::1/128)
  AWS_ENDPOINT_URL_DYNAMODB     use this server instead of the embedded one
  AWS_ENDPOINT_URL_SQS          use this server instead of the embedded one
`;

/** Known once the settings are read. */
let dataDir: string | undefined;

async function main(): Promise<void> {
  const print = (text: string) => process.stdout.write(text);
  scriptOptions({ help: HELP, options: {} }, () => undefined);

  for (const name of unknownVariables(process.env)) {
    process.stderr.write(`${name}: there is no such setting, so it has no effect; README.md lists them.\n`);
  }
  const settings = loadLocalSettings(process.env);
  dataDir = settings.dataDir;
  const starting = dashboardDirectory().then((directory) => startStack(settings, directory));
  onStopSignal({
    signals: process,
    now: () => performance.now(),
    stop: () => {
      starting.then((stack) => stack.stop()).then(() => process.exit(0), fail);
    },
    abandon: () => process.exit(1),
  });
  const stack = await starting;
  print(`
Homing is running.

  Dashboard  ${stack.url}/
  API        ${stack.url}/v1
  Docs       ${stack.url}/docs
  Key        ${stack.operatorKey}

Send a message (this one goes to Homing's own health page; put in your own target):

  curl -sS ${stack.url}/v1/messages -H 'authorization: Bearer ${stack.operatorKey}' -H 'content-type: application/json' -d '{"targetUrl":"${stack.url}/v1/health","method":"GET"}'

`);
}

function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

/** One line for what the user can mend; a trace for what is ours. */
function describe(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  const full = dataDir === undefined || dataDir === MEMORY ? undefined : diskFull(dataDir, error);
  if (full !== undefined) return `HOMING_DATA_DIR: ${full}`;
  return String(error instanceof Error ? error.stack : error);
}

// The embedded servers throw from their own callbacks, for example when the disk is full: nothing can be
// trusted after that, and a restart repairs what it left.
process.on("uncaughtException", fail);

main().catch(fail);
