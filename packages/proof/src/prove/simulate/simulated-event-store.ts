/** Events as one simulated process sees them: every call can meet an incident, every write is noted. */
import type { Event } from "@homing/core/event/event";
import type { EventPayload } from "@homing/core/event/event-input";
import type { EventTransition } from "@homing/core/event/event-lifecycle";
import type {
  EventListQuery,
  EventPayloadOwner,
  EventPayloadSummary,
  EventRow,
  EventStore,
  EventWriteResult,
  StoredEventPayload,
} from "@homing/core/event/event-store";
import type { Operation } from "./incident.ts";
import type { Network, Process } from "./process.ts";
import { type Surroundings, storageCall } from "./storage-call.ts";

/** A transition of an event, as the lifecycle names it, is told from one of a message. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  expanded: "expandEvent",
  postpone: "postponeEvent",
  bringForward: "bringEventForward",
  append: "appendEvent",
  giveUp: "giveUpEvent",
  retry: "retryEvent",
};

export class SimulatedEventStore implements EventStore {
  readonly #network: Network & Surroundings;
  readonly #process: Process;
  readonly #inner: EventStore;

  constructor(network: Network & Surroundings, process: Process, inner: EventStore) {
    this.#network = network;
    this.#process = process;
    this.#inner = inner;
  }

  insert(event: Event): Promise<EventWriteResult> {
    this.#network.ledger.learn(event.eventId, event.correlationId);
    return this.#write("insertEvent", event.eventId, () => this.#inner.insert(event));
  }

  apply(eventId: string, transition: EventTransition): Promise<EventWriteResult> {
    const operation = OPERATIONS[transition.name] ?? "expandEvent";
    return this.#write(operation, eventId, () => {
      this.#network.hooks.onApply(this.#process, eventId);
      return this.#inner.apply(eventId, transition);
    });
  }

  get(eventId: string): Promise<Event | undefined> {
    return this.#call("getEvent", eventId, () => this.#inner.get(eventId));
  }

  async getMany(eventIds: readonly string[]): Promise<readonly Event[]> {
    if (eventIds.length === 0) return [];
    return this.#call("getEvents", undefined, async () => {
      const events = await this.#inner.getMany(eventIds);
      this.#network.ledger.read(
        this.#process.name,
        events.map(({ eventId }) => eventId),
      );
      return events;
    });
  }

  putPayload(
    owner: EventPayloadOwner,
    payload: EventPayload,
    expiresAt: number,
  ): Promise<StoredEventPayload> {
    return this.#call("putEventPayload", owner.eventId, async () => {
      const isNew = (await this.#inner.getPayload(owner)) === undefined;
      const stored = await this.#inner.putPayload(owner, payload, expiresAt);
      if (isNew) this.#network.ledger.fanOut.storedPayload(owner.eventId, owner.requestHash);
      return stored;
    });
  }

  keepPayload(owner: EventPayloadOwner, expiresAt: number): Promise<boolean> {
    return this.#call("keepEventPayload", owner.eventId, () => this.#inner.keepPayload(owner, expiresAt));
  }

  getPayload(owner: EventPayloadOwner): Promise<StoredEventPayload | undefined> {
    return this.#call("getEventPayload", owner.eventId, () => this.#inner.getPayload(owner));
  }

  getSummaries(owners: readonly EventPayloadOwner[]): Promise<readonly EventPayloadSummary[]> {
    return this.#call("getEvents", undefined, () => this.#inner.getSummaries(owners));
  }

  noteSlice(eventId: string, slice: string, expiresAt: number): Promise<ReadonlySet<string>> {
    return this.#call("noteSlice", eventId, () => this.#inner.noteSlice(eventId, slice, expiresAt));
  }

  slices(eventId: string): Promise<ReadonlySet<string>> {
    return this.#call("getSlices", eventId, () => this.#inner.slices(eventId));
  }

  list(query: EventListQuery): Promise<readonly EventRow[]> {
    return this.#call("list", undefined, () => this.#inner.list(query));
  }

  #write(
    operation: Operation,
    eventId: string,
    write: () => Promise<EventWriteResult>,
  ): Promise<EventWriteResult> {
    const { ledger, scheduler } = this.#network;
    return this.#call(
      operation,
      eventId,
      async () => {
        const result = await write();
        if (result.event) ledger.fanOut.observe(scheduler.now, this.#process.name, result.event);
        return result;
      },
      ({ applied, event }) => `${applied ? "done" : "refused"}, the event is ${event?.status}`,
    );
  }

  #call<T>(
    operation: Operation,
    eventId: string | undefined,
    effect: () => Promise<T>,
    tell?: (result: T) => string,
  ): Promise<T> {
    return storageCall(this.#network, this.#process, {
      operation,
      messageId: eventId,
      effect,
      ...(tell ? { tell } : {}),
    });
  }
}
