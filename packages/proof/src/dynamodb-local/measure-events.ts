/** What events, their deliveries and endpoints cost, step by step. */
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import { GATE_POLICY } from "@homing/core/endpoint/gate";
import type { Note, UnitSystem } from "./unit-system.ts";

const KIB = 1_024;

/** An event whose delivered body has exactly this many bytes. */
function eventOf(bodyBytes: number, eventType = "invoice.paid") {
  return {
    senderId: "acme",
    eventType,
    headers: { "content-type": "application/json" },
    body: { data: "x".repeat(bodyBytes - '{"data":""}'.length) },
    metadata: { order: "42" },
  };
}

const post = (system: UnitSystem, eventType?: string, kib = 1) =>
  system.call("/v1/events", 202, { body: eventOf(kib * KIB, eventType) });

/** With an idempotency key, so that it lies in the same shard in every run. */
async function create(
  system: UnitSystem,
  name: string,
  eventTypes: readonly string[],
  more: object = {},
): Promise<string> {
  const body = { senderId: "acme", url: `https://hooks.example.com/tenants/42/${name}`, eventTypes, ...more };
  const { endpointId } = await system.call("/v1/endpoints", 201, { body, idempotencyKey: name });
  return String(endpointId);
}

export async function events(system: UnitSystem, note: Note): Promise<void> {
  await note("create an endpoint", () => create(system, "one", ["invoice.*"]));
  await note("accept an event after an endpoint was changed, 1 endpoint", () => post(system));
  await system.deliver();
  await note("list events by metadata, 1 event", () => system.call("/v1/events?metadata=order%3D42", 200));
  await note("accept an event, 1 KiB, 1 endpoint", () => post(system));
  await note("deliver an event, 1 KiB", () => system.deliver());
  await note("accept an event that matches nothing, 1 KiB", () => post(system, "user.created"));
  await note("accept an event, 100 KiB, 1 endpoint", () => post(system, undefined, 100));
  await note("deliver an event, 100 KiB", () => system.deliver());
  const keyed = { body: eventOf(KIB), idempotencyKey: "order-42" };
  await system.call("/v1/events", 202, keyed);
  await note("accept an event again with the same key", () => system.call("/v1/events", 200, keyed));
  await system.deliver();

  await create(system, "two", ["invoice.*"]);
  await create(system, "three", ["invoice.*"]);
  await post(system);
  await system.deliver();
  await note("accept an event, 1 KiB, 3 endpoints", () => post(system));
  await note("deliver an event to 3 endpoints", () => system.deliver());

  await post(system);
  system.clock.advance(21 * SECOND);
  await note("deliver 3 copies that waited for 21 seconds", () => system.deliver());
}

export async function troubledEvents(system: UnitSystem, note: Note): Promise<void> {
  const endpointId = await create(system, "one", ["invoice.*"]);
  const turn = (action: string) =>
    system.call(`/v1/endpoints/${endpointId}/${action}`, 200, { method: "POST" });
  await post(system);
  await system.deliver();

  await post(system);
  system.target = 503;
  await note("attempt at an endpoint that is repeated within 15 minutes", () => system.deliver());
  system.target = 200;
  system.clock.advance(6 * SECOND);
  await note("later attempt at an endpoint that succeeds", () => system.deliver());

  system.sqs.refuses = true;
  await system.call("/v1/events", 500, { body: eventOf(KIB) });
  system.sqs.refuses = false;
  system.clock.advance(2 * SECOND);
  await note("reconciler sends a delivery that was rolled back", () => system.reconcile());
  await system.deliver();

  // With keys: in how many shards what is held lies is the same in every run.
  const held = (key: string) => system.call("/v1/events", 202, { body: eventOf(KIB), idempotencyKey: key });
  await held("held-1");
  await note("pause an endpoint", () => turn("pause"));
  system.clock.advance(MINUTE);
  await note("delivery that is put on hold", () => system.deliver());
  await note("accept an event, 1 KiB, 1 paused endpoint", () => held("held-2"));
  await note("activate an endpoint", () => turn("activate"));
  await note("reconciler releases 2 held deliveries", () => system.reconcile());
  await system.deliver();

  await post(system);
  await turn("disable");
  system.clock.advance(MINUTE);
  await note("delivery whose endpoint is disabled", () => system.deliver());
  await turn("activate");

  await post(system);
  system.target = 410;
  await note("attempt that is answered 410, which disables the endpoint", () => system.deliver());
}

/** Of an endpoint that lets one request through in 20 minutes. */
export async function pacedEvents(system: UnitSystem, note: Note): Promise<void> {
  await create(system, "one", ["invoice.*"], { rateLimit: { count: 1, period: "20m" } });
  const send = (key: string) => system.call("/v1/events", 202, { body: eventOf(KIB), idempotencyKey: key });
  await send("first");
  await system.deliver();
  system.clock.advance(HOUR);
  // What is known of endpoints is a minute old at most: this reads it, and takes no slot.
  await system.call("/v1/events?dryRun=true", 200, { body: eventOf(KIB) });

  await note("accept an event, 1 KiB, 1 limited endpoint at rest", () => send("second"));
  await system.deliver();
  await note("accept an event, 1 KiB, 1 endpoint beyond its rate limit", () => send("third"));
  system.clock.advance(20 * MINUTE);
  await note("reconciler sends a delivery whose slot has come", () => system.reconcile());
  system.clock.advance(2 * MINUTE);
  await note("copy that comes 2 minutes after its slot, beyond the rate limit", () => system.deliver());
}

/** Of an endpoint that lets every request fail, and is tried with one message at a time. */
export async function gatedEvents(system: UnitSystem, note: Note): Promise<void> {
  await create(system, "one", ["invoice.*"]);
  const send = (key: string) => system.call("/v1/events", 202, { body: eventOf(KIB), idempotencyKey: key });
  system.target = 503;
  for (let sent = 0; sent < GATE_POLICY.afterFailures; sent += 1) {
    await send(`failing-${sent}`);
    await system.deliver();
  }
  // Told of once a minute and process.
  system.clock.advance(MINUTE + SECOND);
  await send("telling");
  // The retries of all these are held as their copies come, some in each batch.
  for (let batch = 0; batch <= GATE_POLICY.afterFailures; batch += 1) await system.deliver();
  system.clock.advance(MINUTE);
  await note("accept an event, 1 KiB, 1 endpoint that holds what it gets because it fails", () =>
    send("held"),
  );
  await note("reconciler sends the probe of an endpoint that fails", () => system.reconcile());
  await note("probe that fails", () => system.deliver());
  system.clock.advance(2 * MINUTE);
  await system.reconcile();
  system.target = 200;
  await note("probe that succeeds, which lifts the gate", () => system.deliver());
}
