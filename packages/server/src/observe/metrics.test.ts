import { get } from "node:http";
import { expect, it } from "vitest";
import { createMetrics, serveMetrics } from "./metrics.ts";

const FIGURES = {
  depth: async () => ({ visible: 3, inFlight: 2, delayed: 1 }),
  deadLetters: async () => 4,
  oldestOverdueSeconds: async () => 7,
  oldestFailingSeconds: async () => 5_400,
  heldUp: async () => ({ lanes: 2, blocked: 1, oldestSeconds: 86_400, capped: false }),
};

it("tells what happened under Prometheus' kind of names, in seconds, and Node's own", async () => {
  const metrics = createMetrics(FIGURES);
  metrics.add("MessagesAccepted");
  metrics.add("MessagesAccepted", 2);
  metrics.add("Deliveries", 1, { outcome: "SUCCEEDED" });
  metrics.add("SendFailures", 1, { errorCode: "QUEUE_UNAVAILABLE" });
  metrics.add("DeliveryDuration", 250);
  metrics.add("OldestOverdueSeconds", 99);
  const text = await metrics.registry.metrics();
  for (const line of [
    "homing_messages_accepted_total 3",
    'homing_deliveries_total{outcome="SUCCEEDED"} 1',
    'homing_send_failures_total{error_code="QUEUE_UNAVAILABLE"} 1',
    "homing_delivery_duration_seconds_sum 0.25",
    'homing_delivery_duration_seconds_bucket{le="0.25"} 1',
    "homing_oldest_overdue_seconds 7",
    "homing_oldest_failing_seconds 5400",
    "homing_queue_visible 3",
    "homing_queue_in_flight 2",
    "homing_queue_delayed 1",
    "homing_dead_letters 4",
    "homing_lanes_blocked 1",
    "homing_oldest_held_up_seconds 86400",
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
});

it("is served to this machine under its own names alone", async () => {
  const { port, close } = await serveMetrics(createMetrics(FIGURES).registry, 0);
  const status = (host: string) =>
    new Promise((resolve) => {
      get({ port, path: "/metrics", headers: { host }, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
  expect(await status(`127.0.0.1:${port}`)).toBe(200);
  expect(await status(`rebound.example:${port}`)).toBe(403);
  await close();
});
