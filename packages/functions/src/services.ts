/** Puts the service together from its connections: once on Lambda, once in the local stack, once in a test. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type Clock, systemClock } from "@homing/core/clock";
import type { SigningSecrets } from "@homing/core/delivery/build-request";
import type { HttpClient } from "@homing/core/delivery/http-client";
import { type Hands, SlowTargets } from "@homing/core/delivery/slow-targets";
import { announcingStore } from "@homing/core/endpoint/announcing-store";
import { EndpointDirectory } from "@homing/core/endpoint/endpoint-directory";
import { EndpointHealth } from "@homing/core/endpoint/endpoint-health";
import { createEndpointReader, type EndpointReader } from "@homing/core/endpoint/endpoint-reader";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import type { EventStore } from "@homing/core/event/event-store";
import type { LaneStore } from "@homing/core/lane/lane-store";
import { newToken } from "@homing/core/message/message-id";
import type { Observer } from "@homing/core/observe/observe";
import type { MessageQueue } from "@homing/core/queue/message-queue";
import type { Settings } from "@homing/core/settings";
import type { Counters } from "@homing/core/stats/counters";
import { countingStore } from "@homing/core/stats/counting-store";
import type { MessageStore } from "@homing/core/store/message-store";
import { DynamoDbCounters } from "./aws/dynamodb-counters.ts";
import { DynamoDbEndpointStore } from "./aws/dynamodb-endpoint-store.ts";
import { DynamoDbEventStore } from "./aws/dynamodb-event-store.ts";
import { DynamoDbKeyStore } from "./aws/dynamodb-key-store.ts";
import { DynamoDbLaneStore } from "./aws/dynamodb-lane-store.ts";
import { DynamoDbMessageStore } from "./aws/dynamodb-message-store.ts";
import { ShardMark } from "./aws/shard-mark.ts";
import { type QueueUrls, SqsMessageQueue } from "./aws/sqs-message-queue.ts";
import type { KeyStore } from "./keys/key-store.ts";

export interface Connections {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tableName: string;
  readonly urls: QueueUrls;
  readonly settings: Settings;
  readonly observer: Observer;
  readonly clock?: Clock;
}

/** What every process has; the core's functions take it as their dependencies. */
export interface Services {
  readonly store: MessageStore;
  readonly keyStore: KeyStore;
  readonly endpoints: EndpointStore;
  readonly paces: Pick<EndpointStore, "reserve">;
  readonly directory: EndpointDirectory;
  readonly endpointReader: EndpointReader;
  readonly events: EventStore;
  readonly lanes: LaneStore;
  /** Holds nothing back unless a process of its own says otherwise. */
  readonly hands: Hands;
  readonly health: Pick<EndpointHealth, "failed" | "succeeded" | "messageFailed">;
  readonly queue: MessageQueue;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly settings: Settings;
  readonly newToken: () => string;
  readonly random: () => number;
}

export function createServices(connections: Connections): ReconcilerServices {
  const { dynamodb, sqs, tableName, urls, settings, observer, clock = systemClock } = connections;
  const random = Math.random;
  const counters = new DynamoDbCounters({
    client: dynamodb,
    tableName,
    clock,
    random,
    observer,
    retentionMs: settings.retentionMs,
  });
  const endpoints = new DynamoDbEndpointStore(dynamodb, tableName, clock, settings.shards);
  const counted = countingStore(
    new DynamoDbMessageStore(dynamodb, tableName, clock, settings.shards),
    counters,
  );
  const health = new EndpointHealth({ endpoints, store: counted, clock, observer, newToken, settings });
  return {
    store: announcingStore(counted, health),
    keyStore: new DynamoDbKeyStore(dynamodb, tableName, clock),
    endpoints,
    paces: endpoints,
    directory: new EndpointDirectory(endpoints, clock),
    endpointReader: createEndpointReader(endpoints, clock),
    events: new DynamoDbEventStore(dynamodb, tableName, clock, settings.shards),
    lanes: new DynamoDbLaneStore(dynamodb, tableName, clock, settings.shards),
    hands: new SlowTargets({ clock, observer }),
    health,
    queue: new SqsMessageQueue(sqs, urls),
    counters,
    clock,
    observer,
    settings,
    shardMark: new ShardMark(dynamodb, tableName, settings.shards),
    newToken,
    random,
  };
}

/** What the reconciler has besides. */
export interface ReconcilerServices extends Services {
  readonly shardMark: Pick<ShardMark, "highest">;
}

/** What the worker has besides. */
export interface WorkerServices extends Services {
  readonly http: HttpClient;
  readonly signingSecrets: SigningSecrets;
}
