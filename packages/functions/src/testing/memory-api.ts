/** The whole application on memory, its time in the test's hands. */

import { EndpointDirectory } from "@homing/core/endpoint/endpoint-directory";
import { createEndpointReader } from "@homing/core/endpoint/endpoint-reader";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import { MemoryEndpointStore } from "@homing/core/endpoint/memory-endpoint-store";
import type { EventStore } from "@homing/core/event/event-store";
import { MemoryEventStore } from "@homing/core/event/memory-event-store";
import { MemoryLaneStore } from "@homing/core/lane/memory-lane-store";
import { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import type { MessageQueue } from "@homing/core/queue/message-queue";
import type { QueueRecord } from "@homing/core/queue/queue-record";
import type { Settings } from "@homing/core/settings";
import { LOCAL_DEFAULTS } from "@homing/core/settings";
import { countingStore } from "@homing/core/stats/counting-store";
import { MemoryCounters } from "@homing/core/stats/memory-counters";
import { MemoryMessageStore } from "@homing/core/store/memory-message-store";
import type { MessageStore } from "@homing/core/store/message-store";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { TestClock } from "@homing/core/testing/test-clock";
import { nextToken } from "@homing/core/testing/tokens";
import type { BeginCall } from "../api/answered-when-safe.ts";
import { type App, type AppDependencies, createApp } from "../api/app.ts";
import type { RateLimit } from "../api/rate-limit.ts";
import { createAuthenticator } from "../keys/authenticator.ts";
import { MemoryKeyStore } from "../keys/memory-key-store.ts";
import { type Caller, createCaller } from "./api-caller.ts";

export const OPERATOR_KEY = "the operator key of the tests";
const SIGNING_MASTER = "the signing master of the tests";

/** What the application keeps everything in. */
export interface ApiPorts
  extends Pick<
    AppDependencies,
    "store" | "lanes" | "events" | "endpoints" | "paces" | "keyStore" | "counters"
  > {
  readonly queue: ApiQueue;
}

/** With the end that workers take copies from. */
export interface ApiQueue extends MessageQueue {
  receive(limit: number): ReadonlyArray<QueueRecord & { readonly receipt: string }>;
  delete(receipt: string): void;
}

export interface MemoryApi extends Pick<ApiPorts, "store" | "lanes" | "queue" | "keyStore"> {
  readonly app: App;
  readonly call: Caller;
  readonly clock: TestClock;
  readonly observer: RecordingObserver;
  readonly dependencies: AppDependencies;
  /** A key with these scopes, made by the API. */
  createKey(senderId: string, scopes: readonly string[]): Promise<string>;
}

export interface MemoryApiOptions {
  readonly settings?: Partial<Settings>;
  readonly rateLimit?: RateLimit;
  readonly maxCallsInProgress?: number;
  readonly maxHeldBytes?: number;
  readonly beginCall?: BeginCall;
  /** In memory's place. */
  readonly createPorts?: (clock: TestClock) => ApiPorts;
  /** Puts something in the way of a store or of the queue. */
  readonly wrapStore?: (store: MessageStore) => MessageStore;
  readonly wrapQueue?: (queue: MessageQueue) => MessageQueue;
  readonly wrapEndpoints?: (endpoints: EndpointStore) => EndpointStore;
  readonly wrapEvents?: (events: EventStore) => EventStore;
}

/** Nothing is delivered here. */
const HEALTHY = { failed: async () => {}, succeeded: async () => {}, messageFailed: async () => {} };

export function createMemoryApi(options: MemoryApiOptions = {}): MemoryApi {
  const {
    wrapStore = (store) => store,
    wrapQueue = (queue) => queue,
    wrapEndpoints = (endpoints) => endpoints,
  } = options;
  const clock = new TestClock();
  const observer = new RecordingObserver();
  const ports = (options.createPorts ?? createMemoryPorts)(clock);
  const { store, lanes, queue, keyStore } = ports;
  const endpoints = wrapEndpoints(ports.endpoints);
  const dependencies: AppDependencies = {
    ...ports,
    store: wrapStore(store),
    queue: wrapQueue(queue),
    endpoints,
    directory: new EndpointDirectory(endpoints, clock),
    endpointReader: createEndpointReader(endpoints, clock),
    events: (options.wrapEvents ?? ((one) => one))(ports.events),
    hands: { begin: () => () => {}, holdsBack: async () => false },
    health: HEALTHY,
    clock,
    observer,
    settings: { ...LOCAL_DEFAULTS, ...options.settings },
    newToken: nextToken,
    random: () => 0.5,
    authenticator: createAuthenticator({ operatorKey: OPERATOR_KEY, keyStore, clock }),
    signingMaster: SIGNING_MASTER,
    ...(options.beginCall ? { beginCall: options.beginCall } : {}),
    ...(options.rateLimit ? { rateLimit: options.rateLimit } : {}),
    ...(options.maxCallsInProgress ? { maxCallsInProgress: options.maxCallsInProgress } : {}),
    ...(options.maxHeldBytes ? { maxHeldBytes: options.maxHeldBytes } : {}),
  };
  const app = createApp(dependencies);
  const call = createCaller(app, OPERATOR_KEY);
  return {
    app,
    call,
    clock,
    store,
    lanes,
    queue,
    keyStore,
    observer,
    dependencies,
    createKey: async (senderId, scopes) => {
      const { body } = await call("POST", "/v1/keys", { json: { senderId, scopes } });
      return body.key as string;
    },
  };
}

function createMemoryPorts(clock: TestClock): ApiPorts {
  const counters = new MemoryCounters(clock);
  const events = new MemoryEventStore(clock);
  const endpoints = new MemoryEndpointStore(clock);
  return {
    store: countingStore(new MemoryMessageStore(clock, events), counters),
    lanes: new MemoryLaneStore(clock),
    queue: new MemoryMessageQueue(clock, { visibilityTimeoutMs: 180_000, maxReceiveCount: 10 }),
    keyStore: new MemoryKeyStore(),
    endpoints,
    paces: endpoints,
    events,
    counters,
  };
}
