/** Events on SQLite. */
import type { Clock } from "@homing/core/clock";
import type { Event } from "@homing/core/event/event";
import type { EventPayload } from "@homing/core/event/event-input";
import { type EventTransition, performEvent } from "@homing/core/event/event-lifecycle";
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
} from "@homing/core/event/event-store";
import type { Answer, Database } from "./database.ts";
import type { DueIndex } from "./due-index.ts";

export class SqliteEventStore implements EventStore {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #due: DueIndex;
  readonly #answer: Answer;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: Database, clock: Pick<Clock, "now">, due: DueIndex, answer: Answer) {
    this.#database = database;
    this.#clock = clock;
    this.#due = due;
    this.#answer = answer;
    this.#sql = prepare(database);
  }

  insert(event: Event): Promise<EventWriteResult> {
    return this.#write(() => {
      const existing = this.#find(event.eventId);
      if (existing) return { applied: existing.writeId === event.writeId, event: existing };
      const { eventId, senderId, matched, createdAt, dueAt = null, expiresAt } = event;
      this.#sql.insert.run(
        eventId,
        senderId,
        // Accepted with no endpoint to go to: a replay does not change that.
        matched.length === 0 ? 1 : 0,
        createdAt,
        this.#due.shardOf(eventId),
        dueAt,
        expiresAt,
        JSON.stringify(event),
      );
      this.#notice(event);
      return { applied: true, event };
    });
  }

  apply(eventId: string, transition: EventTransition): Promise<EventWriteResult> {
    return this.#write(() => {
      const current = this.#find(eventId);
      if (!current) return { applied: false };
      if (current.writeId === transition.set.writeId) return { applied: true, event: current };
      const event = performEvent(transition, current);
      if (!event) return { applied: false, event: current };
      this.#sql.change.run(event.dueAt ?? null, event.expiresAt, JSON.stringify(event), eventId);
      this.#notice(event);
      return { applied: true, event };
    });
  }

  get(eventId: string): Promise<Event | undefined> {
    return this.#read(() => this.#find(eventId));
  }

  getMany(eventIds: readonly string[]): Promise<readonly Event[]> {
    return this.#read(() => eventIds.flatMap((eventId) => this.#find(eventId) ?? []));
  }

  putPayload(
    owner: EventPayloadOwner,
    payload: EventPayload,
    expiresAt: number,
  ): Promise<StoredEventPayload> {
    return this.#write(() => {
      const stored = this.#payload(owner);
      if (stored) return stored;
      this.#sql.putPayload.run(owner.eventId, owner.requestHash, expiresAt, JSON.stringify(payload));
      return { payload, expiresAt };
    });
  }

  keepPayload({ eventId, requestHash }: EventPayloadOwner, expiresAt: number): Promise<boolean> {
    return this.#write(
      () => this.#sql.keepPayload.run(expiresAt, eventId, requestHash, this.#clock.now()).changes > 0,
    );
  }

  getPayload(owner: EventPayloadOwner): Promise<StoredEventPayload | undefined> {
    return this.#read(() => this.#payload(owner));
  }

  getSummaries(owners: readonly EventPayloadOwner[]): Promise<readonly EventPayloadSummary[]> {
    const distinct = new Map(owners.map((owner) => [`${owner.eventId} ${owner.requestHash}`, owner]));
    return this.#read(() =>
      [...distinct.values()].flatMap(({ eventId, requestHash }) => {
        const stored = this.#payload({ eventId, requestHash });
        if (!stored) return [];
        const { metadata } = stored.payload;
        return [{ eventId, requestHash, ...(metadata === undefined ? {} : { metadata }) }];
      }),
    );
  }

  noteSlice(eventId: string, slice: string, expiresAt: number): Promise<ReadonlySet<string>> {
    return this.#write(() => {
      this.#sql.noteSlice.run(eventId, slice, expiresAt);
      return this.#slices(eventId);
    });
  }

  slices(eventId: string): Promise<ReadonlySet<string>> {
    return this.#read(() => this.#slices(eventId));
  }

  list(query: EventListQuery): Promise<readonly EventRow[]> {
    const { senderId, unmatched, since = 0, until = Number.MAX_SAFE_INTEGER, oldestFirst, after } = query;
    return this.#read(() => {
      const beginning = { createdAt: oldestFirst ? since : until, eventId: "" };
      const inOrder = oldestFirst ? oldestEventFirst : newestEventFirst;
      const { createdAt, eventId } = after !== undefined && inOrder(beginning, after) < 0 ? after : beginning;
      const end = oldestFirst ? until : since;
      const rest = [end, createdAt, eventId, this.#clock.now(), query.limit] as const;
      const list = this.#sql[oldestFirst ? "oldestFirst" : "newestFirst"];
      const rows =
        senderId !== undefined
          ? list.ofSender.all(senderId, ...rest)
          : (unmatched ? list.unmatched : list.all).all(...rest);
      return rows as unknown as readonly EventRow[];
    });
  }

  #notice({ dueAt }: Event): void {
    if (dueAt !== undefined) this.#due.onDue(dueAt);
  }

  #find(eventId: string): Event | undefined {
    const row = this.#sql.find.get(eventId, this.#clock.now()) as { document: string } | undefined;
    return row && (JSON.parse(row.document) as Event);
  }

  #slices(eventId: string): ReadonlySet<string> {
    const rows = this.#sql.slices.all(eventId, this.#clock.now()) as unknown as readonly { slice: string }[];
    return new Set(rows.map(({ slice }) => slice));
  }

  #payload({ eventId, requestHash }: EventPayloadOwner): StoredEventPayload | undefined {
    const row = this.#sql.findPayload.get(eventId, requestHash, this.#clock.now()) as
      | { document: string; expiresAt: number }
      | undefined;
    return row && { payload: JSON.parse(row.document) as EventPayload, expiresAt: row.expiresAt };
  }

  #read<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.read(work));
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.write(work));
  }
}

function prepare(database: Database) {
  const select = "SELECT created_at AS createdAt, event_id AS eventId FROM events";
  const newestFirst = (where: string) =>
    database.prepare(`
      ${select} WHERE ${where} created_at >= ? AND (created_at, event_id) < (?, ?) AND expires_at > ?
      ORDER BY created_at DESC, event_id DESC LIMIT ?`);
  const oldestFirst = (where: string) =>
    database.prepare(`
      ${select} WHERE ${where} created_at < ? AND (created_at, event_id) > (?, ?) AND expires_at > ?
      ORDER BY created_at, event_id LIMIT ?`);
  const lists = (list: typeof newestFirst) => ({
    all: list(""),
    unmatched: list("unmatched = 1 AND"),
    ofSender: list("sender_id = ? AND"),
  });
  return {
    insert: database.prepare(`
      INSERT OR REPLACE INTO events
        (event_id, sender_id, unmatched, created_at, shard, due_at, expires_at, document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    change: database.prepare("UPDATE events SET due_at = ?, expires_at = ?, document = ? WHERE event_id = ?"),
    find: database.prepare("SELECT document FROM events WHERE event_id = ? AND expires_at > ?"),
    newestFirst: lists(newestFirst),
    oldestFirst: lists(oldestFirst),
    putPayload: database.prepare(`
      INSERT OR REPLACE INTO event_payloads (event_id, request_hash, expires_at, document)
      VALUES (?, ?, ?, ?)`),
    keepPayload: database.prepare(`
      UPDATE event_payloads SET expires_at = ? WHERE event_id = ? AND request_hash = ? AND expires_at > ?`),
    noteSlice: database.prepare(
      "INSERT OR REPLACE INTO event_slices (event_id, slice, expires_at) VALUES (?, ?, ?)",
    ),
    slices: database.prepare("SELECT slice FROM event_slices WHERE event_id = ? AND expires_at > ?"),
    findPayload: database.prepare(`
      SELECT document, expires_at AS expiresAt FROM event_payloads
      WHERE event_id = ? AND request_hash = ? AND expires_at > ?`),
  };
}
