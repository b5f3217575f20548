/** The whole system in one process: composition root of the local stack. */

import { SlowTargets, TAKES_SLOW_SHARE } from "@homing/core/delivery/slow-targets";
import { SECOND } from "@homing/core/duration";
import { workerSubscription, workerTimeoutSeconds } from "@homing/core/queue/queue-definition";
import { releasesIn } from "@homing/core/reconcile/drain";
import { DEFAULT_RUN_LIMITS } from "@homing/core/reconcile/reconcile";
import { createApp } from "@homing/functions/api/app";
import type { ApiEnv } from "@homing/functions/api/env";
import { createDynamoDbClient, createSqsClient } from "@homing/functions/aws/clients";
import { createHttpClient } from "@homing/functions/egress/http-client";
import { createReconcilerHandler } from "@homing/functions/handlers/reconciler";
import {
  createDeadLetterHandler,
  createWorkerHandler,
  type SqsHandler,
} from "@homing/functions/handlers/worker";
import { createAuthenticator } from "@homing/functions/keys/authenticator";
import { dashboard, isApiPath } from "@homing/functions/machine/dashboard";
import { type DataDir, openDataDir } from "@homing/functions/machine/data-dir";
import { listen } from "@homing/functions/machine/listen";
import { loopbackHosts } from "@homing/functions/machine/own-host";
import { startSchedule } from "@homing/functions/machine/schedule";
import { createLocalObserver } from "@homing/functions/observe/observer";
import { createServices, type Services } from "@homing/functions/services";
import { createSigningSecrets, type RememberedSigningSecrets } from "@homing/functions/signing-secrets";
import { dynamoDbClientConfig, sqsClientConfig } from "./embedded/clients.ts";
import { LOOPBACK } from "./embedded/embedded-server.ts";
import { type ProvisionedQueue, provisionQueues } from "./embedded/provision-queues.ts";
import { provisionTable } from "./embedded/provision-table.ts";
import { type EventSource, startEventSource } from "./lambda/event-source.ts";
import { createWorkload } from "./lambda/workload.ts";
import type { LocalSettings } from "./local-settings.ts";
import { OUTAGE_PATH, outageRoute } from "./outage-route.ts";
import { allowOutages, type QueueOutage } from "./queue-outage.ts";
import { type Servers, startServers } from "./servers.ts";
import { namedIfUnreachable } from "./unreachable.ts";

const NAME = "homing";

/** Batches at once that are more than a wait for a target; the machine has other things to do. */
const WORKER_CONCURRENCY = 8;
/** Requests that one slow target may keep waiting. */
const MOST_SLOW = Math.ceil(
  workerSubscription.maximumConcurrency * workerSubscription.batchSize * TAKES_SLOW_SHARE,
);
/** As on AWS, one for each delivery that can be in progress: none waits for another, nor is its target blamed for it. */
const CONNECTIONS_PER_HOST = workerSubscription.maximumConcurrency * workerSubscription.batchSize;
const COUNTERS_FLUSH_MS = 1_000;
/** What this process answers within a second or two; whoever comes then is better told at once to come back. */
const MAX_CALLS_IN_PROGRESS = 150;

export interface Stack {
  readonly url: string;
  readonly operatorKey: string;
  readonly services: Services;
  /** Takes no more requests, lets running batches end, and leaves nothing behind. */
  stop(): Promise<void>;
}

/**
 * Starts everything and resolves when the API answers. `dashboardDir` holds the built dashboard; without one,
 * `/` is not served.
 *
 * @throws SettingsError for a folder or a port that cannot be used.
 */
export async function startStack(local: LocalSettings, dashboardDir?: string): Promise<Stack> {
  const closers: Array<() => unknown> = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const dataDir = openDataDir(local.dataDir);
    closers.push(() => dataDir.close());
    const servers = await startServers(local, dataDir);
    closers.push(() => servers.close());
    const running = await startServices(local, servers, dataDir, closers);
    const operatorKey = local.operatorKey ?? dataDir.secret("operator-key");
    const secrets = { operatorKey, signingMaster: dataDir.secret("signing-master") };
    const url = await serveApi(local, running, secrets, dashboardDir, closers);
    return { url, operatorKey, services: running.services, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Running {
  readonly services: Services;
  readonly signingSecrets: RememberedSigningSecrets;
  readonly outage: QueueOutage;
}

/** Clients, table, queues, worker, dead-letter consumer and reconciler. */
async function startServices(
  local: LocalSettings,
  servers: Servers,
  dataDir: DataDir,
  closers: Array<() => unknown>,
): Promise<Running> {
  const dynamodb = createDynamoDbClient(dynamoDbClientConfig(servers.dynamodb));
  const sqs = createSqsClient(sqsClientConfig(servers.sqs));
  closers.push(
    () => dynamodb.destroy(),
    () => sqs.destroy(),
  );
  const [, queues] = await Promise.all([
    namedIfUnreachable("AWS_ENDPOINT_URL_DYNAMODB", local.dynamodbEndpoint, provisionTable(dynamodb, NAME)),
    namedIfUnreachable("AWS_ENDPOINT_URL_SQS", local.sqsEndpoint, provisionQueues(sqs, NAME)),
  ]);

  const observer = createLocalObserver();
  const refused = queues.refusedAttributes;
  if (refused.length > 0)
    observer.log.write("warn", "queue_attributes_refused", { attributes: refused.join(" ") });
  const services = createServices({
    dynamodb,
    sqs,
    tableName: NAME,
    urls: { queueUrl: queues.queue.url, deadLetterQueueUrl: queues.deadLetterQueue.url },
    settings: local.settings,
    observer,
  });
  closers.push(() => services.counters.flush(true));

  const ownPorts = new Set(servers.ownPorts);
  const http = createHttpClient({
    allowPrivateTargets: local.settings.allowPrivateTargets,
    refusePorts: () => ownPorts,
    connectionsPerHost: CONNECTIONS_PER_HOST,
  });
  closers.push(() => http.close());
  const signingSecrets = createSigningSecrets({
    master: dataDir.secret("signing-master"),
    senders: services.keyStore,
    clock: services.clock,
  });

  const feed = (
    functionName: string,
    queue: ProvisionedQueue,
    handler: SqsHandler,
    concurrency: number,
    maximumConcurrency: number,
  ): EventSource => {
    // A client of its own: long polls must not take connections from the senders.
    const pollingClient = createSqsClient({
      ...sqsClientConfig(servers.sqs),
      requestHandler: { requestTimeout: 30_000 },
    });
    const source = startEventSource({
      sqs: pollingClient,
      queueUrl: queue.url,
      queueArn: queue.arn,
      functionName,
      handler,
      batchSize: workerSubscription.batchSize,
      concurrency,
      maximumConcurrency,
      isBusy: createWorkload(),
      partialResponses: true,
      timeoutMs: workerTimeoutSeconds(local.settings.deliveryTimeoutMs) * SECOND,
      onProblem: ({ stage, error, messageIds }) => {
        observer.log.write("warn", "event_source", {
          functionName,
          stage,
          messages: messageIds.length,
          errorName: nameOf(error),
        });
      },
    });
    closers.push(async () => {
      await source.stop();
      pollingClient.destroy();
    });
    return source;
  };
  const hands = new SlowTargets({ ...services, most: MOST_SLOW });
  feed(
    "worker",
    queues.queue,
    createWorkerHandler({ ...services, http, signingSecrets, hands }),
    WORKER_CONCURRENCY,
    workerSubscription.maximumConcurrency,
  );
  feed("dead-letter", queues.deadLetterQueue, createDeadLetterHandler(services), 1, 1);

  const reconciler = startSchedule({
    intervalMs: local.settings.reconcileIntervalMs,
    run: createReconcilerHandler(services, {
      limits: { ...DEFAULT_RUN_LIMITS, perEndpoint: releasesIn(local.settings.reconcileIntervalMs) },
    }),
    onError: (error) => observer.log.write("error", "reconciler_failed", {}, error),
  });
  const flushing = startSchedule({
    intervalMs: COUNTERS_FLUSH_MS,
    run: () => services.counters.flush(),
    onError: (error) => observer.log.write("warn", "counters_failed", {}, error),
  });
  closers.push(() => Promise.all([reconciler.stop(), flushing.stop()]));
  return { services, signingSecrets, outage: allowOutages(sqs, services.clock) };
}

async function serveApi(
  { port, settings, portalOrigins }: LocalSettings,
  { services, signingSecrets, outage }: Running,
  { operatorKey, signingMaster }: { readonly operatorKey: string; readonly signingMaster: string },
  dashboardDir: string | undefined,
  closers: Array<() => unknown>,
): Promise<string> {
  const authenticator = createAuthenticator({ ...services, operatorKey });
  const onRotation = (senderId: string) => signingSecrets.forget(senderId);
  const app = createApp({
    ...services,
    authenticator,
    signingMaster,
    onRotation,
    maxCallsInProgress: MAX_CALLS_IN_PROGRESS,
  });
  const outages = outageRoute(authenticator, outage);
  const site = dashboardDir === undefined ? undefined : dashboard(dashboardDir, portalOrigins);
  const fetch = (request: Request, env: ApiEnv["Bindings"]) => {
    const { pathname } = new URL(request.url);
    if (pathname === OUTAGE_PATH) return outages.fetch(request);
    return site === undefined || isApiPath(pathname) ? app.fetch(request, env) : site.fetch(request);
  };
  const listener = await listen({
    fetch,
    hostname: LOOPBACK,
    port,
    hosts: loopbackHosts,
    sendBudgetMs: settings.sendBudgetMs,
  });
  closers.push(() => listener.close());
  return `http://${LOOPBACK}:${listener.port}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
