/** The metrics of Homing and of Node for Prometheus, on a port of their own on loopback. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HeldUp } from "@homing/core/lane/held-up";
import type { MetricName, Metrics } from "@homing/core/observe/observe";
import type { QueueDepth } from "@homing/core/queue/message-queue";
import { SettingsError } from "@homing/core/settings";
import { loopbackHosts, onlyOwnHost } from "@homing/functions/machine/own-host";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is asked for when somebody looks. */
export interface Figures {
  readonly depth: () => Promise<QueueDepth>;
  readonly deadLetters: () => Promise<number>;
  readonly oldestOverdueSeconds: () => Promise<number>;
  readonly oldestFailingSeconds: () => Promise<number>;
  readonly heldUp: () => Promise<HeldUp>;
}

export interface PrometheusMetrics extends Metrics {
  readonly registry: Registry;
}

/** In seconds: from a target next door to one that takes all of the time it is given. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
/** The same, and what waited for a retry. */
const LATENCY_BUCKETS = [...DURATION_BUCKETS, 60, 300, 1_800, 7_200, 86_400];

interface CountedMetric {
  readonly name: string;
  readonly help: string;
  /** What splits it, by the name that the core has for that. */
  readonly label?: string;
}

const COUNTERS: Readonly<Partial<Record<MetricName, CountedMetric>>> = {
  MessagesAccepted: {
    name: "messages_accepted",
    help: "Messages that calls have stored, those that could not be queued at once included",
  },
  MessagesDuplicate: { name: "messages_duplicate", help: "Calls that repeated an earlier one" },
  EventsAccepted: { name: "events_accepted", help: "Events that calls have stored" },
  EventsDuplicate: { name: "events_duplicate", help: "Calls that repeated an earlier event" },
  EventsUnmatched: { name: "events_unmatched", help: "Events that no endpoint wanted" },
  EventsExpanded: { name: "events_expanded", help: "Events whose messages are all there", label: "by" },
  MessagesHeld: { name: "messages_held", help: "Messages that wait for their endpoint" },
  MessagesThrottled: {
    name: "messages_throttled",
    help: "Messages put off by the rate limit of their endpoint, for longer than a queue can carry them",
  },
  EndpointsDisabled: { name: "endpoints_disabled", help: "Endpoints that were disabled", label: "reason" },
  GatesSet: { name: "gates_set", help: "Endpoints whose messages are held because they fail" },
  GateProbes: { name: "gate_probes", help: "Messages that such an endpoint was tried with" },
  GatesLifted: { name: "gates_lifted", help: "Of these endpoints, those that go on" },
  SendRetries: { name: "send_retries", help: "Sends that were tried again" },
  SendFailures: { name: "send_failures", help: "Sends that failed", label: "errorCode" },
  Rollbacks: { name: "rollbacks", help: "Sends that were rolled back" },
  RollbackFailures: { name: "rollback_failures", help: "Rollbacks that could not be written" },
  Deliveries: { name: "deliveries", help: "Attempts that have ended", label: "outcome" },
  DeliveriesPostponed: {
    name: "deliveries_postponed",
    help: "Copies that were left for later, so that a slow target does not keep all waiting",
  },
  AttemptsUnknown: { name: "attempts_unknown", help: "Attempts whose outcome was never written" },
  Reconciled: { name: "reconciled", help: "Messages that the reconciler has pushed on", label: "reason" },
  LanesAdvanced: { name: "lanes_advanced", help: "Places in lanes that were passed", label: "by" },
  MessagesSkipped: { name: "messages_skipped", help: "Failed messages that others no longer wait for" },
  DeadLettered: { name: "dead_lettered", help: "Copies that became dead letters" },
};

export function createMetrics(figures: Figures): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counters = new Map(
    Object.entries(COUNTERS).map(([metric, { name, help, label }]) => [
      metric as MetricName,
      new Counter({
        name: `homing_${name}_total`,
        help: `${help}.`,
        labelNames: label === undefined ? [] : [inSnakeCase(label)],
        registers,
      }),
    ]),
  );
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  const histograms: Readonly<Partial<Record<MetricName, Histogram>>> = {
    DeliveryDuration: histogram(
      "homing_delivery_duration_seconds",
      "How long attempts took.",
      DURATION_BUCKETS,
    ),
    EndToEndLatency: histogram(
      "homing_end_to_end_latency_seconds",
      "From acceptance to a delivery that succeeded.",
      LATENCY_BUCKETS,
    ),
  };
  gauge(registry, "homing_oldest_overdue_seconds", "By how much the most overdue message is late.", () =>
    figures.oldestOverdueSeconds(),
  );
  gauge(
    registry,
    "homing_oldest_failing_seconds",
    "For how long every attempt has failed at the endpoint that has failed longest.",
    () => figures.oldestFailingSeconds(),
  );
  gauge(registry, "homing_lanes_blocked", "Lanes whose first message has failed and blocks.", async () => {
    const { blocked } = await figures.heldUp();
    return blocked;
  });
  gauge(registry, "homing_oldest_held_up_seconds", "For how long a lane has stood still.", async () => {
    const { oldestSeconds } = await figures.heldUp();
    return oldestSeconds;
  });
  gauge(registry, "homing_dead_letters", "Copies that are dead letters now.", () => figures.deadLetters());
  for (const state of ["visible", "inFlight", "delayed"] as const) {
    gauge(registry, `homing_queue_${inSnakeCase(state)}`, `Copies in the queue: ${state}.`, async () => {
      const depth = await figures.depth();
      return depth[state];
    });
  }
  return {
    registry,
    add(name, value = 1, dimensions = {}) {
      histograms[name]?.observe(value / 1_000);
      counters
        .get(name)
        ?.inc(
          Object.fromEntries(Object.entries(dimensions).map(([label, text]) => [inSnakeCase(label), text])),
          value,
        );
    },
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Resolves when `GET /metrics` is answered. @throws SettingsError for a port that cannot be used. */
export function serveMetrics(
  registry: Registry,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end();
    try {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    } catch {
      response.writeHead(503).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? `port ${port} is in use` : error.message;
      reject(new SettingsError(`HOMING_METRICS_PORT: ${reason}.`, { cause: error }));
    });
    server.listen(port, "127.0.0.1", () => {
      const own = (server.address() as AddressInfo).port;
      onlyOwnHost(server, loopbackHosts(own));
      resolve({
        port: own,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
