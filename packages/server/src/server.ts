/** Homing on one machine, in one process on one file: its composition root. */
import { join } from "node:path";
import { systemClock } from "@homing/core/clock";
import type { Log, Observer } from "@homing/core/observe/observe";
import { createApp } from "@homing/functions/api/app";
import type { ApiEnv } from "@homing/functions/api/env";
import { createAuthenticator } from "@homing/functions/keys/authenticator";
import { dashboard, isApiPath } from "@homing/functions/machine/dashboard";
import { openDataDir } from "@homing/functions/machine/data-dir";
import { listen } from "@homing/functions/machine/listen";
import { createSigningSecrets } from "@homing/functions/signing-secrets";
import { startBackground } from "./background.ts";
import { startDelivering } from "./deliver/delivering.ts";
import { hostsOf } from "./hosts.ts";
import type { ServerSettings } from "./server-settings.ts";
import { createServices } from "./services.ts";
import type { Database } from "./sqlite/database.ts";
import { DATABASE_FILE, openDatabase } from "./sqlite/open-database.ts";
import { keptSecret } from "./sqlite/secrets.ts";
import { createStorage, type Storage } from "./sqlite/storage.ts";
import { watchFile } from "./sqlite/watch-file.ts";

/** What this process answers within a second or two; whoever comes then is better told at once to come back. */
const MAX_CALLS_IN_PROGRESS = 1_000;
/** Above what one process can store: it keeps a runaway loop from the others, and slows nobody else. */
const RATE_LIMIT = { perSecond: 10_000, burst: 20_000 };

export interface HomingServer {
  readonly url: string;
  readonly operatorKey: string;
  readonly metricsUrl?: string;
  /** Takes no more calls, lets deliveries end, and leaves nothing behind. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly log: Log;
  /** The folder of the built dashboard, once it is there; undefined if there is none. */
  readonly dashboardDir?: Promise<string | undefined>;
  /** The database is damaged: the process must end. */
  readonly onDamage: (error: Error) => void;
  /** The disk has lost what was not safe yet: the process must end, and the next one finds the rest. */
  readonly onLostLog?: (path: string) => void;
  /** Its file is not in its place any more: the process must end. */
  readonly onReplaced?: (path: string) => void;
}

/** Resolves when the API answers. @throws SettingsError for a folder, a file or a port that cannot be used. */
export async function startServer(settings: ServerSettings, options: ServerOptions): Promise<HomingServer> {
  const closers: Closers = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await start(settings, options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Called in turn, the last first. */
type Closers = Array<() => unknown>;

async function start(
  server: ServerSettings,
  {
    log,
    dashboardDir = Promise.resolve(undefined),
    onDamage,
    onLostLog = () => undefined,
    onReplaced = () => undefined,
  }: ServerOptions,
  closers: Closers,
): Promise<Omit<HomingServer, "stop">> {
  const { settings } = server;
  const dataDir = openDataDir(server.dataDir);
  closers.push(() => dataDir.close());
  const path = join(server.dataDir, DATABASE_FILE);
  const database = openDatabase(server.dataDir, path, { onDamage, onLostLog: () => onLostLog(path) });
  const watching = watchFile(path, () => onReplaced(path));
  closers.push(() => watching.stop());
  closers.push(() => database.close());
  const storage = createStorage(database, systemClock, settings, server.deliveries);
  closers.push(() => storage.queue.close());
  const signingMaster = await keptSecret(database, "signing-master");
  const operatorKey = server.operatorKey ?? (await keptSecret(database, "operator-key"));

  const metrics = await startMetrics(server, storage, database, closers);
  const observer: Observer = { log, metrics: metrics ?? { add() {} } };
  const services = createServices(storage, settings, observer);
  const signingSecrets = createSigningSecrets({
    master: signingMaster,
    senders: storage.keyStore,
    clock: systemClock,
  });
  const delivering = startDelivering({
    services,
    storage,
    database,
    signingSecrets,
    deliveries: server.deliveries,
    ownPorts: new Set(metrics === undefined ? [] : [metrics.port]),
  });
  closers.push(() => delivering.stop());
  const background = startBackground(services, storage, database);
  closers.push(() => background.stop());

  const app = createApp({
    ...services,
    queue: storage.atOnce.queue,
    // What a call reads and writes is answered at once, and the call itself when that is safe.
    beginCall: () => {
      const before = database.count;
      return () => database.settledSince(before);
    },
    authenticator: createAuthenticator({ keyStore: storage.keyStore, operatorKey, clock: systemClock }),
    signingMaster,
    ...(server.publicUrl === undefined ? {} : { publicUrl: server.publicUrl.origin }),
    onRotation: (senderId) => signingSecrets.forget(senderId),
    maxCallsInProgress: MAX_CALLS_IN_PROGRESS,
    rateLimit: RATE_LIMIT,
  });
  const site = dashboardDir.then((directory) =>
    directory === undefined ? app : dashboard(directory, server.portalOrigins),
  );
  const listener = await listen({
    fetch: async (request: Request, env: ApiEnv["Bindings"]) => {
      const isApi = isApiPath(new URL(request.url).pathname);
      return (isApi ? app : await site).fetch(request, env);
    },
    hostname: server.listen,
    port: server.port,
    hosts: (port) => hostsOf(server, port),
    sendBudgetMs: settings.sendBudgetMs,
  });
  closers.push(() => listener.close());
  const host = server.listen.includes(":") ? `[${server.listen}]` : server.listen;
  return {
    url: `http://${host}:${listener.port}`,
    operatorKey,
    ...(metrics === undefined ? {} : { metricsUrl: `http://127.0.0.1:${metrics.port}/metrics` }),
  };
}

async function startMetrics(
  { metricsPort, settings }: ServerSettings,
  storage: Storage,
  database: Database,
  closers: Closers,
) {
  if (metricsPort === undefined) return undefined;
  const { createMetrics, serveMetrics } = await import("./observe/metrics.ts");
  const { figuresOf } = await import("./observe/figures.ts");
  const { toldOnceCommitted } = await import("./observe/told-once-committed.ts");
  const metrics = createMetrics(figuresOf({ storage, clock: systemClock, settings }));
  const { port, close } = await serveMetrics(metrics.registry, metricsPort);
  closers.push(close);
  return { ...toldOnceCommitted(metrics, database), port };
}
