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

export interface MemoryApi {
  readonly app: App;
  readonly call: Caller;
  readonly clock: TestClock;
  readonly store: MessageStore;
  readonly lanes: MemoryLaneStore;
  readonly queue: MemoryMessageQueue;
  readonly keyStore: MemoryKeyStore;
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
  const counters = new MemoryCounters(clock);
  const events = new MemoryEventStore(clock);
  const store = countingStore(new MemoryMessageStore(clock, events), counters);
  const queue = new MemoryMessageQueue(clock, { visibilityTimeoutMs: 180_000, maxReceiveCount: 10 });
  const lanes = new MemoryLaneStore(clock);
  const keyStore = new MemoryKeyStore();
  const endpoints = wrapEndpoints(new MemoryEndpointStore(clock));
  const dependencies: AppDependencies = {
    store: wrapStore(store),
    lanes,
    queue: wrapQueue(queue),
    keyStore,
    endpoints,
    paces: endpoints,
    directory: new EndpointDirectory(endpoints, clock),
    endpointReader: createEndpointReader(endpoints, clock),
    events: (options.wrapEvents ?? ((one) => one))(events),
    hands: { begin: () => () => {}, holdsBack: async () => false },
    health: HEALTHY,
    counters,
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
