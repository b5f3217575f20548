/** Every call of the API and every step of a message's life, measured one by one through the real handlers. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { AwsUse } from "./aws-meter.ts";
import { events, gatedEvents, pacedEvents, troubledEvents } from "./measure-events.ts";
import { type Note, UnitSystem } from "./unit-system.ts";

const KIB = 1_024;
const IDEMPOTENCY_KEY = "3f0c9d2e-8a57-4b53-9d0e-0f3b1c5a7e21";

/** A message whose delivered body has exactly this many bytes; addresses and ids of an ordinary length. */
function messageOf(bodyBytes: number) {
  return {
    targetUrl: "https://hooks.example.com/tenants/42/orders",
    headers: { "content-type": "application/json" },
    body: { data: "x".repeat(bodyBytes - '{"data":""}'.length) },
    senderId: "acme",
    metadata: { order: "42" },
  };
}

/** Uses by the name of what was done, in the order in which it was done. */
export async function measureUnits(newDatabase: () => DynamoDBClient): Promise<Map<string, AwsUse>> {
  const uses = new Map<string, AwsUse>();
  const scenarios = [
    deliveries,
    acceptance,
    retries,
    recovery,
    operation,
    keys,
    events,
    troubledEvents,
    pacedEvents,
    gatedEvents,
    order,
  ];
  for (const scenario of scenarios) {
    const database = newDatabase();
    const system = await UnitSystem.on(database);
    await scenario(system, async (name, work) => {
      uses.set(name, await system.measure(work));
    });
    database.destroy();
  }
  return uses;
}

async function deliveries(system: UnitSystem, note: Note): Promise<void> {
  await system.call("/v1/messages", 202, { body: messageOf(KIB) });
  await note("deliver a sender's first message in a minute", () => system.deliver());
  for (const kib of [1, 100]) {
    const accept = () =>
      system.call("/v1/messages", 202, { body: messageOf(kib * KIB), idempotencyKey: `key-${kib}` });
    await note(`accept, ${kib} KiB`, accept);
    await note(`deliver, ${kib} KiB`, () => system.deliver());
  }
  await system.call("/v1/messages", 202, { body: messageOf(KIB) });
  const longest = system.answer;
  system.answer = '{"ok":true}';
  await note("deliver, 1 KiB, to a target of few words", () => system.deliver());
  system.answer = longest;
  const messages = Array.from({ length: 10 }, () => messageOf(KIB));
  await note("accept a batch of 10, 1 KiB each", () =>
    system.call("/v1/messages/batch", 207, { body: { messages } }),
  );
  await note("deliver a batch of 10, 1 KiB each", () => system.deliver());
  await note("write the counters, at most once a second", () => system.writeCounters());
  system.counting = true;
  system.clock.advance(2 * SECOND);
  await note("accept, 1 KiB, and write the counters", async () => {
    await system.call("/v1/messages", 202, { body: messageOf(KIB), idempotencyKey: "counted" });
    await system.endInvocation();
  });
}

async function acceptance(system: UnitSystem, note: Note): Promise<void> {
  const message = messageOf(KIB);
  const body = { body: message };
  await note("accept without an idempotency key, 1 KiB", () => system.call("/v1/messages", 202, body));
  const keyed = { ...body, idempotencyKey: IDEMPOTENCY_KEY };
  await system.call("/v1/messages", 202, keyed);
  await note("accept again with the same key", () => system.call("/v1/messages", 200, keyed));
  await note("accept another message with a used key", () =>
    system.call("/v1/messages", 422, { ...keyed, body: { ...message, method: "PUT" } }),
  );
  await system.deliver();
  await note("accept again with the same key once it is delivered", () =>
    system.call("/v1/messages", 200, keyed),
  );
  const messages = Array.from({ length: 10 }, (_, n) => ({ ...message, idempotencyKey: `batch-${n}` }));
  await note("accept a batch of 10 with keys, 1 KiB each", () =>
    system.call("/v1/messages/batch", 207, { body: { messages } }),
  );
  const deliverAt = new Date(system.clock.now() + HOUR).toISOString();
  await note("accept a scheduled message", () =>
    system.call("/v1/messages", 202, { body: { ...message, deliverAt } }),
  );
  system.sqs.refuses = true;
  await note("accept while the queue refuses: rollback", () => system.call("/v1/messages", 500, body));
  await note("refuse a message that is not valid", () => system.call("/v1/messages", 400, { body: {} }));
}

async function retries(system: UnitSystem, note: Note): Promise<void> {
  const accept = () => system.call("/v1/messages", 202, { body: messageOf(KIB) });
  await accept();
  system.target = 503;
  await note("attempt that is repeated within 15 minutes", () => system.deliver());
  system.clock.advance(6 * SECOND);
  await system.deliver();
  system.clock.advance(6 * MINUTE);
  await note("attempt that is repeated later", () => system.deliver());
  system.clock.advance(34 * MINUTE);
  await note("reconciler sends one whose time has come", () => system.reconcile());
  system.target = 200;
  await note("later attempt that succeeds", () => system.deliver());
  await accept();
  system.target = 410;
  await note("attempt that fails for good", () => system.deliver());
}

async function recovery(system: UnitSystem, note: Note): Promise<void> {
  const accept = () => system.call("/v1/messages", 202, { body: messageOf(KIB) });
  await note("reconciler finds nothing due", () => system.reconcile());

  await accept();
  system.sqs.receive();
  system.clock.advance(16 * MINUTE);
  await note("reconciler re-sends one whose copy was lost", () => system.reconcile());
  await system.deliver();

  system.sqs.refuses = true;
  await system.call("/v1/messages", 500, { body: messageOf(KIB) });
  system.sqs.refuses = false;
  system.clock.advance(2 * SECOND);
  await note("reconciler sends one that was rolled back", () => system.reconcile());
  await system.deliver();

  await accept();
  system.target = "crash";
  await note("attempt whose worker dies", () => system.deliver());
  system.target = 200;
  system.clock.advance(16 * MINUTE);
  await note("reconciler ends a lease and sends again", () => system.reconcile());
  await system.deliver();

  await accept();
  const copies = system.sqs.receive();
  system.sqs.redeliver(copies);
  system.target = "crash";
  await system.deliver();
  system.target = 200;
  system.clock.advance(2 * MINUTE);
  system.sqs.redeliver(copies);
  await note("attempt that takes over from a dead worker", () => system.deliver());
  system.sqs.redeliver(copies);
  await note("copy of a finished message", () => system.deliver());

  await accept();
  await note("dead letter that is returned", () => system.deadLetter());
}

async function operation(system: UnitSystem, note: Note): Promise<void> {
  await note("health", () => system.call("/v1/health", 200));
  await note("ready", () => system.call("/v1/ready", 200));
  await note("list, no messages", () => system.call("/v1/messages", 200));
  await note("stats, no messages", () => system.call("/v1/stats", 200));

  const { messageId } = await system.call("/v1/messages", 202, {
    body: messageOf(KIB),
    idempotencyKey: "shown",
  });
  await system.deliver();
  await note("show a message, 1 KiB", () => system.call(`/v1/messages/${messageId}`, 200));
  await note("list, 1 message", () => system.call("/v1/messages", 200));
  await note("list by sender, 1 message", () => system.call("/v1/messages?senderId=acme", 200));
  const part = String(messageId).slice(-8);
  await note("list by part of the id, 1 message", () => system.call(`/v1/messages?idPart=${part}`, 200));
  const beginning = String(messageId).slice(0, 12);
  await note("list by the beginning of the id, 1 message", () =>
    system.call(`/v1/messages?idPart=${beginning}`, 200),
  );
  await note("list by status, none", () => system.call("/v1/messages?status=FAILED", 200));
  await note("list what waits, none", () => system.call("/v1/messages?status=PENDING", 200));
  await note("list a sender's failed messages, none", () =>
    system.call("/v1/messages?status=FAILED&senderId=acme", 200),
  );

  let accepted = 0;
  // With keys: where each lies, and which of those of one instant is the newest, is the same in every run.
  const accept = async () => {
    const idempotencyKey = `one-${++accepted}`;
    return (await system.call("/v1/messages", 202, { body: messageOf(KIB), idempotencyKey })).messageId;
  };
  const cancelled = await accept();
  await note("cancel", () => system.call(`/v1/messages/${cancelled}/cancel`, 200, { method: "POST" }));
  await note("cancel a finished message", () =>
    system.call(`/v1/messages/${messageId}/cancel`, 409, { method: "POST" }),
  );
  await system.deliver();

  const failed = await accept();
  system.target = 410;
  await system.deliver();
  await note("retry a failed message", () =>
    system.call(`/v1/messages/${failed}/retry`, 202, { method: "POST" }),
  );
  await system.deliver();

  // Ids from keys, so that the messages lie in the same shards in every run: an empty shard costs nothing to read.
  const acceptTen = async (name: string) => {
    for (let count = 0; count < 10; count += 1)
      await system.call("/v1/messages", 202, { body: messageOf(KIB), idempotencyKey: `${name}-${count}` });
  };
  await acceptTen("failed");
  await system.deliver();
  await note("count 10 failed messages that could be retried", () =>
    system.call("/v1/messages/retry", 200, { body: { status: "FAILED", limit: 10, dryRun: true } }),
  );
  await note("retry 10 failed messages in bulk", () =>
    system.call("/v1/messages/retry", 200, { body: { status: "FAILED", limit: 10 } }),
  );
  system.target = 200;
  await system.deliver();

  await acceptTen("queued");
  await note("cancel 10 queued messages in bulk", () =>
    system.call("/v1/messages/cancel", 200, { body: { status: "QUEUED", limit: 10 } }),
  );
  await system.deliver();

  const waiting = await accept();
  system.target = 503;
  await system.deliver();
  await note("send a waiting message now", () =>
    system.call(`/v1/messages/${waiting}/retry`, 202, { method: "POST" }),
  );
  system.clock.advance(2 * SECOND);
  await note("stats, 1 open message", () => system.call("/v1/stats", 200));
  await note("stats of a sender, 24 messages", () => system.call("/v1/stats?senderId=acme", 200));
  await note("targets of a sender, 24 messages", () => system.call("/v1/targets?senderId=acme", 200));
}

async function keys(system: UnitSystem, note: Note): Promise<void> {
  let created: Record<string, unknown> = {};
  await note("create a key", async () => {
    created = await system.call("/v1/keys", 201, { body: { senderId: "acme", scopes: ["send", "read"] } });
  });
  await note("list keys, 1 key", () => system.call("/v1/keys", 200));
  const key = String(created.key);
  const list = () => system.call("/v1/messages?status=FAILED", 200, { key });
  await note("first call with a key in a minute (list, none)", list);
  await note("next call with it (list, none)", list);
  await note("rotate a sender's secret", () =>
    system.call("/v1/senders/acme/rotate", 200, { method: "POST" }),
  );
  await note("revoke a key", () => system.call(`/v1/keys/${created.keyId}`, 200, { method: "DELETE" }));
}

async function order(system: UnitSystem, note: Note): Promise<void> {
  const accept = () =>
    system.call("/v1/messages", 202, { body: { ...messageOf(KIB), orderingKey: "order-4711" } });
  await accept();
  await system.deliver();
  await note("accept with an ordering key, 1 KiB, nobody before it", accept);
  await note("accept with an ordering key, 1 KiB, behind another", accept);
  await note("deliver in order, 1 KiB, and release the next", () => system.deliver());
  await note("deliver in order, 1 KiB, nobody behind it", () => system.deliver());
}
