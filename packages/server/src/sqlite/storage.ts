/** Every port on one file, put together. */
import type { Clock } from "@homing/core/clock";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import type { EventStore } from "@homing/core/event/event-store";
import type { LaneStore } from "@homing/core/lane/lane-store";
import type { MessageQueue } from "@homing/core/queue/message-queue";
import { queueDefinition } from "@homing/core/queue/queue-definition";
import type { Settings } from "@homing/core/settings";
import type { Counters } from "@homing/core/stats/counters";
import { countingStore } from "@homing/core/stats/counting-store";
import type { MessageStore } from "@homing/core/store/message-store";
import type { KeyStore } from "@homing/functions/keys/key-store";
import type { Answer, Database } from "./database.ts";
import type { DueIndex } from "./due-index.ts";
import { SqliteCounters } from "./sqlite-counters.ts";
import { SqliteEndpointStore } from "./sqlite-endpoint-store.ts";
import { SqliteEventStore } from "./sqlite-event-store.ts";
import { SqliteKeyStore } from "./sqlite-key-store.ts";
import { SqliteLaneStore } from "./sqlite-lane-store.ts";
import { SqliteMessageQueue } from "./sqlite-message-queue.ts";
import { messageTables, SqliteMessageStore } from "./sqlite-message-store.ts";

/** The ports that a message passes through. */
export interface MessagePorts {
  readonly store: MessageStore;
  readonly events: EventStore;
  readonly lanes: LaneStore;
  readonly paces: Pick<EndpointStore, "reserve">;
  readonly queue: MessageQueue;
}

export interface Storage {
  /** Answer when what they tell of is safe. */
  readonly safe: MessagePorts;
  /** Answer at once: for who lets nothing out before it is safe. */
  readonly atOnce: MessagePorts;
  /** What is read here is remembered, so it has to be safe. */
  readonly keyStore: KeyStore;
  readonly endpoints: EndpointStore;
  /** Nobody rests on what is read here. */
  readonly endpointsAtOnce: Pick<EndpointStore, "failing">;
  readonly counters: SqliteCounters;
  readonly queue: SqliteMessageQueue;
  readonly due: DueIndex;
}

/** A claim that a copy may have left behind when it was given back is over when it comes again. */
const AFTER_LEASE_MS = 1_000;

export function createStorage(
  database: Database,
  clock: Clock,
  settings: Pick<Settings, "retentionMs" | "leaseMs">,
  mostInProgress: number,
): Storage {
  const tables = messageTables(database, clock);
  const counters = new SqliteCounters(database, clock, settings.retentionMs);
  const queue = new SqliteMessageQueue(database, clock, tables.messages, {
    hiddenMs: settings.leaseMs + AFTER_LEASE_MS,
    maxReceiveCount: queueDefinition.maxReceiveCount,
    mostInProgress,
  });
  // Who is answered at once hears of a write that may yet be undone with its group.
  const countedOnceCommitted: Pick<Counters, "add"> = {
    add: (what, by) => database.onceCommitted(() => counters.add(what, by)),
  };
  const ports = (answer: Answer, counts: Pick<Counters, "add">): MessagePorts => ({
    store: countingStore(new SqliteMessageStore(tables, answer), counts),
    events: new SqliteEventStore(database, clock, tables.due, answer),
    lanes: new SqliteLaneStore(database, clock, tables.due, answer),
    paces: new SqliteEndpointStore(database, clock, answer),
    queue: queue.answering(answer),
  });
  return {
    safe: ports(database.whenSafe, counters),
    atOnce: ports(database.atOnce, countedOnceCommitted),
    keyStore: new SqliteKeyStore(database),
    endpoints: new SqliteEndpointStore(database, clock),
    endpointsAtOnce: new SqliteEndpointStore(database, clock, database.atOnce),
    counters,
    queue,
    due: tables.due,
  };
}
