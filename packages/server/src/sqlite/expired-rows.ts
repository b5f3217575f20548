/** What has expired leaves the file, a little at a time: nothing else waits for it, and its space is used again. */
import type { StatementSync } from "node:sqlite";
import { queueDefinition } from "@homing/core/queue/queue-definition";
import { EXPIRED_KEPT_MS, REVOKED_KEPT_MS } from "@homing/functions/keys/key-store";
import type { Database } from "./database.ts";

/** Rows of one kind in one step, which takes some milliseconds. */
const STEP = 100;
const DEAD_COPIES_KEPT_MS = queueDefinition.retentionSeconds * 1_000;

export class ExpiredRows {
  readonly #database: Database;
  readonly #messages: StatementSync;
  readonly #events: StatementSync;
  readonly #withMessage: readonly StatementSync[];
  readonly #withEvent: readonly StatementSync[];
  readonly #alone: ReadonlyArray<{ readonly statement: StatementSync; readonly keptMs: number }>;

  constructor(database: Database) {
    this.#database = database;
    const expired = (table: string, id: string) =>
      database.prepare(`
        SELECT number, ${id} AS id FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ${STEP}`);
    this.#messages = expired("messages", "message_id");
    this.#events = expired("events", "event_id");
    this.#withMessage = [
      database.prepare(`
        DELETE FROM payloads
        WHERE (created_at, message_id) = (SELECT created_at, message_id FROM messages WHERE message_id = ?)`),
      database.prepare("DELETE FROM attempts WHERE message_id = ?"),
      database.prepare("DELETE FROM messages WHERE message_id = ?"),
    ];
    this.#withEvent = [
      database.prepare("DELETE FROM event_payloads WHERE event_id = ?"),
      database.prepare("DELETE FROM event_slices WHERE event_id = ?"),
      database.prepare("DELETE FROM events WHERE event_id = ?"),
    ];
    const oldest = (table: string, key: string, column: string) =>
      database.prepare(`
        DELETE FROM ${table} WHERE (${key}) IN
          (SELECT ${key} FROM ${table} WHERE ${column} <= ? ORDER BY ${column} LIMIT ${STEP})`);
    this.#alone = [
      { statement: oldest("event_payloads", "number", "expires_at"), keptMs: 0 },
      { statement: oldest("endpoints", "endpoint_id", "expires_at"), keptMs: 0 },
      { statement: oldest("paces", "endpoint_id", "expires_at"), keptMs: 0 },
      { statement: oldest("lanes", "lane_id", "expires_at"), keptMs: 0 },
      { statement: oldest("segments", "lane_id, number", "expires_at"), keptMs: 0 },
      { statement: oldest("keys", "key_id", "revoked_at"), keptMs: REVOKED_KEPT_MS },
      { statement: oldest("keys", "key_id", "valid_until"), keptMs: EXPIRED_KEPT_MS },
      { statement: oldest("dead_copies", "number", "buried_at"), keptMs: DEAD_COPIES_KEPT_MS },
    ];
  }

  /** One step, in a group of writes of its own. Answers whether more may be left. */
  forget(now: number): Promise<boolean> {
    return this.#database.whenSafe(() =>
      this.#database.write(() => {
        this.#database.flush();
        const found = [
          this.#forgetAll(this.#messages.all(now), this.#withMessage),
          this.#forgetAll(this.#events.all(now), this.#withEvent),
          ...this.#alone.map(({ statement, keptMs }) => Number(statement.run(now - keptMs).changes)),
        ];
        return found.some((count) => count === STEP);
      }),
    );
  }

  #forgetAll(rows: readonly Record<string, unknown>[], statements: readonly StatementSync[]): number {
    for (const { id } of rows) for (const statement of statements) statement.run(String(id));
    return rows.length;
  }
}
