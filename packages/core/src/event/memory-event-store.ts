import type { Clock } from "../clock.ts";
import type { Event } from "./event.ts";
import type { EventPayload } from "./event-input.ts";
import { type EventTransition, performEvent } from "./event-lifecycle.ts";
import {
  type EventListQuery,
  type EventPayloadOwner,
  type EventPayloadSummary,
  type EventRow,
  type EventStore,
  type EventWriteResult,
  newestEventFirst,
  oldestEventFirst,
  type StoredEventPayload,
} from "./event-store.ts";

/** Events that last as long as the process: the reference for every other store. */
export class MemoryEventStore implements EventStore {
  readonly #clock: Pick<Clock, "now">;
  readonly #events = new Map<string, Event>();
  /** Accepted with no endpoint to go to: a replay does not change that. */
  readonly #unmatched = new Set<string>();
  readonly #slices = new Map<string, { readonly noted: ReadonlySet<string>; readonly expiresAt: number }>();
  readonly #payloads = new Map<string, StoredEventPayload>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  async insert(event: Event): Promise<EventWriteResult> {
    const existing = this.#read(event.eventId);
    if (existing) return { applied: existing.writeId === event.writeId, event: existing };
    this.#events.set(event.eventId, event);
    if (event.matched.length === 0) this.#unmatched.add(event.eventId);
    else this.#unmatched.delete(event.eventId);
    return { applied: true, event };
  }

  async apply(eventId: string, transition: EventTransition): Promise<EventWriteResult> {
    const current = this.#read(eventId);
    if (!current) return { applied: false };
    if (current.writeId === transition.set.writeId) return { applied: true, event: current };
    const event = performEvent(transition, current);
    if (!event) return { applied: false, event: current };
    this.#events.set(eventId, event);
    return { applied: true, event };
  }

  async get(eventId: string): Promise<Event | undefined> {
    return this.#read(eventId);
  }

  async putPayload(
    owner: EventPayloadOwner,
    payload: EventPayload,
    expiresAt: number,
  ): Promise<StoredEventPayload> {
    const stored = this.#payload(owner) ?? { payload, expiresAt };
    this.#payloads.set(keyOf(owner), stored);
    return stored;
  }

  async keepPayload(owner: EventPayloadOwner, expiresAt: number): Promise<boolean> {
    const stored = this.#payload(owner);
    if (stored) this.#payloads.set(keyOf(owner), { ...stored, expiresAt });
    return stored !== undefined;
  }

  async getPayload(owner: EventPayloadOwner): Promise<StoredEventPayload | undefined> {
    return this.#payload(owner);
  }

  async getSummaries(owners: readonly EventPayloadOwner[]): Promise<readonly EventPayloadSummary[]> {
    const distinct = new Map(owners.map((owner) => [keyOf(owner), owner]));
    return [...distinct.values()].flatMap(({ eventId, requestHash }) => {
      const stored = this.#payload({ eventId, requestHash });
      if (!stored) return [];
      const { metadata } = stored.payload;
      return [{ eventId, requestHash, ...(metadata === undefined ? {} : { metadata }) }];
    });
  }

  async getMany(eventIds: readonly string[]): Promise<readonly Event[]> {
    return eventIds.map((eventId) => this.#read(eventId)).filter((event) => event !== undefined);
  }

  /** For the due index, which events share with messages. */
  allDue(): ReadonlyArray<{ readonly id: string; readonly dueAt?: number }> {
    return [...this.#events.values()]
      .filter((event) => this.#counts(event))
      .map(({ eventId, dueAt }) => ({ id: eventId, ...(dueAt === undefined ? {} : { dueAt }) }));
  }

  async noteSlice(eventId: string, slice: string, expiresAt: number): Promise<ReadonlySet<string>> {
    const noted = new Set([...this.#noted(eventId), slice]);
    this.#slices.set(eventId, { noted, expiresAt });
    return noted;
  }

  async slices(eventId: string): Promise<ReadonlySet<string>> {
    return this.#noted(eventId);
  }

  async list(query: EventListQuery): Promise<readonly EventRow[]> {
    const { senderId, unmatched, since = 0, until = Infinity, oldestFirst, after, limit } = query;
    const inOrder = oldestFirst ? oldestEventFirst : newestEventFirst;
    return [...this.#events.values()]
      .filter((event) => this.#counts(event))
      .filter((event) => (senderId === undefined ? true : event.senderId === senderId))
      .filter(({ eventId }) => senderId !== undefined || !unmatched || this.#unmatched.has(eventId))
      .filter(({ createdAt }) => createdAt >= since && createdAt < until)
      .filter((event) => after === undefined || inOrder(after, event) < 0)
      .sort(inOrder)
      .slice(0, limit)
      .map(({ eventId, createdAt }) => ({ createdAt, eventId }));
  }

  #noted(eventId: string): ReadonlySet<string> {
    const known = this.#slices.get(eventId);
    return known && this.#counts(known) ? known.noted : new Set();
  }

  /** With nothing in between until it is written: one conditional write. */
  #read(eventId: string): Event | undefined {
    const event = this.#events.get(eventId);
    return event && this.#counts(event) ? event : undefined;
  }

  #payload(owner: EventPayloadOwner): StoredEventPayload | undefined {
    const stored = this.#payloads.get(keyOf(owner));
    return stored && this.#counts(stored) ? stored : undefined;
  }

  #counts({ expiresAt }: { readonly expiresAt: number }): boolean {
    return expiresAt > this.#clock.now();
  }
}

function keyOf({ eventId, requestHash }: EventPayloadOwner): string {
  return `${eventId} ${requestHash}`;
}
