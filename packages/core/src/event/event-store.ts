/** Where events live. Every implementation passes `event-store.contract.ts`. */
import type { Event } from "./event.ts";
import type { EventPayload } from "./event-input.ts";
import type { EventTransition } from "./event-lifecycle.ts";

/** `event` is what the store holds now; on success the state that this very write produced, or a later one. */
export type EventWriteResult =
  | { readonly applied: true; readonly event: Event }
  | { readonly applied: false; readonly event?: Event };

/** What an index knows of an event, and a place in a list: a hint, the item may be gone. */
export interface EventRow {
  readonly createdAt: number;
  readonly eventId: string;
}

export interface EventListQuery {
  /** Of one sender; absent: of all. */
  readonly senderId?: string;
  /** Without a sender: those that went nowhere when they were accepted, alone. */
  readonly unmatched: boolean;
  /** Accepted at or after this time. */
  readonly since?: number;
  /** Accepted before this time. */
  readonly until?: number;
  readonly oldestFirst?: true;
  readonly after?: EventRow;
  readonly limit: number;
}

/** Equal requests under one id share a payload, whoever stores it first. */
export type EventPayloadOwner = Pick<Event, "eventId" | "requestHash">;

export interface StoredEventPayload {
  readonly payload: EventPayload;
  readonly expiresAt: number;
}

/** What a list shows of a payload. */
export type EventPayloadSummary = EventPayloadOwner & Pick<EventPayload, "metadata">;

/**
 * Reads are consistent, but for `list` and `getSummaries`. Events and payloads past their `expiresAt` count as absent. Every method
 * rejects with a StorageError if the storage does not answer.
 */
export interface EventStore {
  /**
   * Stores a new event if there is none under its id. `applied: false` holds the one that is there. A repeated call
   * with the same `writeId` counts as applied.
   */
  insert(event: Event): Promise<EventWriteResult>;

  /** Tries one transition; one that took effect in an earlier try, whose answer was lost, counts as applied. */
  apply(eventId: string, transition: EventTransition): Promise<EventWriteResult>;

  get(eventId: string): Promise<Event | undefined>;

  /** The events that exist, in no particular order. */
  getMany(eventIds: readonly string[]): Promise<readonly Event[]>;

  /**
   * Writes the payload unless there is one, and answers the one that is there then. Comes before the event: no event
   * without its payload.
   */
  putPayload(owner: EventPayloadOwner, payload: EventPayload, expiresAt: number): Promise<StoredEventPayload>;

  /** Lets the payload that is there expire at another time. False if there is none. */
  keepPayload(owner: EventPayloadOwner, expiresAt: number): Promise<boolean>;

  getPayload(owner: EventPayloadOwner): Promise<StoredEventPayload | undefined>;

  /** Of the payloads that exist, each once, in no particular order. */
  getSummaries(owners: readonly EventPayloadOwner[]): Promise<readonly EventPayloadSummary[]>;

  /**
   * Notes that a slice of an event has been expanded, and answers all that have been noted; until `expiresAt`, when an
   * event of the same id may begin anew, none of whose messages is there.
   */
  noteSlice(eventId: string, slice: string, expiresAt: number): Promise<ReadonlySet<string>>;

  /** The slices of an event that have been noted as expanded. */
  slices(eventId: string): Promise<ReadonlySet<string>>;

  /** Index rows, newest first unless asked the other way round, at most `limit`; eventually consistent. */
  list(query: EventListQuery): Promise<readonly EventRow[]>;
}

/** Newest first, equal times by id. */
export function newestEventFirst(a: EventRow, b: EventRow): number {
  return b.createdAt - a.createdAt || (a.eventId < b.eventId ? 1 : a.eventId > b.eventId ? -1 : 0);
}

export function oldestEventFirst(a: EventRow, b: EventRow): number {
  return newestEventFirst(b, a);
}
