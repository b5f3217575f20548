/** `npm run serve`: Homing for production on one machine, from its first line to a clean end. */
import { SettingsError } from "@homing/core/settings";
import { unknownVariables } from "@homing/core/variables";
import { diskFull } from "@homing/functions/machine/data-dir";
import { scriptOptions } from "@homing/functions/machine/script-options";
import { onStopSignal } from "@homing/functions/machine/stop-signals";
import { dashboardDirectory } from "../../web/build.ts";
import { createJsonLog } from "./observe/json-log.ts";
import { optimiseEarly } from "./optimise-early.ts";
import { startServer } from "./server.ts";
import { loadServerSettings } from "./server-settings.ts";

const HELP = `Usage: npm run serve

Runs Homing for production on this machine: API, dashboard, deliveries and reconciler in one process, on one SQLite file.
How to put it behind TLS, back it up and watch it: docs/one-machine.md.

  PORT                          API, docs and dashboard (3000)
  HOMING_LISTEN                 address to listen on (127.0.0.1); any but loopback needs HOMING_PUBLIC_URL
  HOMING_PUBLIC_URL             the address that clients call, such as https://homing.example.com
  HOMING_DATA_DIR               where the data is kept (.homing-server)
  HOMING_OPERATOR_KEY           the operator key, 24 characters or more (made at the first start, and kept)
  HOMING_DELIVERIES             deliveries at once (256)
  HOMING_METRICS_PORT           metrics for Prometheus, on 127.0.0.1 (none)
  HOMING_RETRY_SCHEDULE         delays between attempts (5s,5m,30m,2h,5h,10h,14h,20h,24h)
  HOMING_DELIVERY_TIMEOUT       deadline of one attempt (15s)
  HOMING_LEASE                  how long a claim holds (60s)
  HOMING_QUEUE_DEADLINE         how long a copy may wait in the queue (15m)
  HOMING_SEND_BUDGET            longest time one send may spend retrying (5s)
  HOMING_RETENTION              how long finished messages stay (30d)
  HOMING_RECONCILE_INTERVAL     pause of the reconciler after a failure (5s)
  HOMING_ALLOW_PRIVATE_TARGETS  CIDR ranges that may be delivered to although they are not public (none)
  HOMING_ENDPOINT_DISABLE_AFTER after how long of nothing but failures an endpoint is disabled (5d)
  HOMING_FAILING_GATE           on: an endpoint that keeps failing holds its messages, but for probes (off)
  HOMING_PORTAL_ORIGINS         whose pages may embed the portal, such as https://app.example.com (none)
`;

const log = createJsonLog({
  level: process.env.POWERTOOLS_LOG_LEVEL,
  write: (text) => void process.stdout.write(text),
});
// Whoever read the log is gone: that ends nothing else.
process.stdout.on("error", () => undefined);

/** Known once the settings are read. */
let dataDir: string | undefined;

async function main(): Promise<void> {
  scriptOptions({ help: HELP, options: {} }, () => undefined);
  // What is made from here on is for this user alone.
  process.umask(0o077);
  for (const name of unknownVariables(process.env)) {
    process.stderr.write(`${name}: there is no such setting, so it has no effect; README.md lists them.\n`);
  }
  const settings = loadServerSettings(process.env);
  dataDir = settings.dataDir;
  const starting = startServer(settings, {
    log,
    dashboardDir: dashboardDirectory(),
    onDamage: (error) => {
      fail(
        new SettingsError(
          `HOMING_DATA_DIR: the database is damaged (${error.message}); put a backup in its place.`,
        ),
      );
    },
    onLostLog: (path) => {
      fail(
        new SettingsError(
          `HOMING_DATA_DIR: the disk has lost what was written last to ${path}-wal, none of which was acknowledged; see what is wrong with the disk, and start Homing again.`,
        ),
      );
    },
    onReplaced: (path) => {
      fail(
        new SettingsError(
          `HOMING_DATA_DIR: ${path} was moved, or another file put in its place, while Homing ran; stop Homing before you do so, and start it again now.`,
        ),
      );
    },
  });
  onStopSignal({
    signals: process,
    now: () => performance.now(),
    stop: () => {
      starting.then((server) => server.stop()).then(() => end(0), fail);
    },
    abandon: () => process.exit(1),
  });
  const server = await starting;
  optimiseEarly();
  const publicUrl = settings.publicUrl?.origin ?? server.url;
  process.stdout.write(`
Homing is running.

  Dashboard  ${publicUrl}/
  API        ${server.url}/v1
  Docs       ${publicUrl}/docs
${server.metricsUrl === undefined ? "" : `  Metrics    ${server.metricsUrl}\n`}  Key        ${settings.operatorKey === undefined ? server.operatorKey : "HOMING_OPERATOR_KEY"}

`);
}

function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`);
  return end(1);
}

function end(code: number): never {
  log.flush();
  process.exit(code);
}

/** One line for what the user can mend; a trace for what is ours. */
function describe(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  const full = dataDir === undefined ? undefined : diskFull(dataDir, error);
  if (full !== undefined) return `HOMING_DATA_DIR: ${full}`;
  return String(error instanceof Error ? error.stack : error);
}

// Nothing can be trusted after that, and a restart repairs what it left.
process.on("uncaughtException", fail);

main().catch(fail);
