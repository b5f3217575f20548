/** The whole domain in memory: store, queue, clock and target under a test's control, and no waiting. */
import type { AcceptDependencies } from "../accept/accept.ts";
import { type DeliverDependencies, deliverRecord } from "../delivery/deliver.ts";
import type { HttpClient, OutgoingRequest, RequestResult } from "../delivery/http-client.ts";
import { SlowTargets } from "../delivery/slow-targets.ts";
import { announcingStore } from "../endpoint/announcing-store.ts";
import { EndpointDirectory } from "../endpoint/endpoint-directory.ts";
import { EndpointHealth } from "../endpoint/endpoint-health.ts";
import { createEndpointReader } from "../endpoint/endpoint-reader.ts";
import type { EndpointStore } from "../endpoint/endpoint-store.ts";
import { MemoryEndpointStore } from "../endpoint/memory-endpoint-store.ts";
import type { AcceptEventDependencies } from "../event/accept-event.ts";
import { MemoryEventStore } from "../event/memory-event-store.ts";
import type { LaneStore } from "../lane/lane-store.ts";
import { MemoryLaneStore } from "../lane/memory-lane-store.ts";
import type { Message, Payload } from "../message/message.ts";
import type { AcceptedInput } from "../message/message-input.ts";
import { MemoryMessageQueue, type ReceivedCopy } from "../queue/memory-message-queue.ts";
import { queueDefinition } from "../queue/queue-definition.ts";
import type { RecordResult } from "../queue/queue-record.ts";
import type { ReconcileDependencies } from "../reconcile/run.ts";
import type { Backoff } from "../send/send-with-retry.ts";
import { DEFAULT_SETTINGS, type Settings } from "../settings.ts";
import { MemoryMessageStore } from "../store/memory-message-store.ts";
import type { MessageStore } from "../store/message-store.ts";
import { buildMessage, buildPayload } from "./build-message.ts";
import { FaultyQueue } from "./faulty-queue.ts";
import { faultyLanes, faultyStore, type LaneFaults, type StoreFaults } from "./faulty-store.ts";
import { RecordingObserver } from "./recording-observer.ts";
import { TestClock } from "./test-clock.ts";
import { nextToken } from "./tokens.ts";

/** As many tries as the real one has in its budget, without the waits. */
const AT_ONCE: Backoff = { retries: 3, factor: 1, minTimeout: 0, maxTimeout: 0, randomize: false };

export const VISIBILITY_MS = queueDefinition.visibilityTimeoutSeconds * 1_000;

export type SystemDependencies = AcceptDependencies &
  AcceptEventDependencies &
  DeliverDependencies &
  ReconcileDependencies & { readonly endpoints: EndpointStore };

/** Answers every request as it is told to, and remembers it. */
export class TestTarget implements HttpClient {
  readonly requests: OutgoingRequest[] = [];
  respond: (request: OutgoingRequest) => RequestResult | Promise<RequestResult> = () => answered(200);

  async request(request: OutgoingRequest): Promise<RequestResult> {
    this.requests.push(request);
    return this.respond(request);
  }
}

export function answered(status: number, body = "ok", headers: Record<string, string> = {}): RequestResult {
  return { kind: "response", status, headers, body, durationMs: 12.4 };
}

export class TestSystem {
  readonly clock = new TestClock();
  readonly events = new MemoryEventStore(this.clock);
  readonly endpoints = new MemoryEndpointStore(this.clock);
  readonly store: MessageStore = new MemoryMessageStore(this.clock, this.events);
  readonly lanes: LaneStore = new MemoryLaneStore(this.clock);
  readonly memoryQueue = new MemoryMessageQueue(this.clock, {
    visibilityTimeoutMs: VISIBILITY_MS,
    maxReceiveCount: queueDefinition.maxReceiveCount,
  });
  readonly queue = new FaultyQueue(this.memoryQueue);
  readonly target = new TestTarget();
  readonly observer = new RecordingObserver();
  readonly settings: Settings;
  /** What the process under test sees; `store` and `lanes` themselves never fail. */
  faults: StoreFaults = () => undefined;
  laneFaults: LaneFaults = () => undefined;
  readonly deps: SystemDependencies;

  constructor(settings: Partial<Settings> = {}) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    const health = new EndpointHealth({
      endpoints: this.endpoints,
      store: this.store,
      clock: this.clock,
      observer: this.observer,
      newToken: nextToken,
      settings: this.settings,
    });
    const store = faultyStore(this.store, (call, messageId) => this.faults(call, messageId));
    this.deps = {
      store: announcingStore(store, health),
      lanes: faultyLanes(this.lanes, (call, key) => this.laneFaults(call, key)),
      queue: this.queue,
      events: this.events,
      endpoints: this.endpoints,
      paces: this.endpoints,
      directory: new EndpointDirectory(this.endpoints, this.clock),
      endpointReader: createEndpointReader(this.endpoints, this.clock),
      clock: this.clock,
      observer: this.observer,
      settings: this.settings,
      newToken: nextToken,
      random: () => 0,
      http: this.target,
      signingSecrets: {
        forSender: async () => ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        forEndpoint: ({ endpointId, generation }) => [
          `whsec_${Buffer.from(`${endpointId} ${generation}`).toString("base64")}`,
        ],
      },
      hands: new SlowTargets({ clock: this.clock, observer: this.observer, after: () => () => undefined }),
      health,
      sendBackoff: AT_ONCE,
      rollbackBackoff: AT_ONCE,
    };
  }

  /** A message in the store, with its payload. */
  async put(over: Partial<Message> = {}, payload: Payload = buildPayload()): Promise<Message> {
    const message = buildMessage({ createdAt: this.clock.now(), ...over });
    await this.store.insert(message);
    await this.store.putPayload(message, payload, this.clock.now() + 2 * this.settings.retentionMs);
    return message;
  }

  async read(messageId: string): Promise<Message> {
    const message = await this.store.get(messageId);
    if (!message) throw new Error(`${messageId} is not there`);
    return message;
  }

  /** Hands the visible copies to a worker that has half a minute, and deletes those it is done with. */
  async work(): Promise<RecordResult[]> {
    return Promise.all(this.memoryQueue.receive(10).map((record) => this.deliver(record)));
  }

  async deliver(record: ReceivedCopy): Promise<RecordResult> {
    const result = await deliverRecord(this.deps, record, () => 30_000);
    if (result === "done") this.memoryQueue.delete(record.receipt);
    return result;
  }
}

/** What a producer asked for. */
export function buildInput(over: Partial<AcceptedInput> = {}): AcceptedInput {
  return { senderId: "acme", payload: buildPayload(), ...over };
}
