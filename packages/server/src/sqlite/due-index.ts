/** What is due, messages and events together: the one thing that the reconciler looks at. */
import type { StatementSync } from "node:sqlite";
import { shardOf } from "@homing/core/message/message-id";
import type { DuePage } from "@homing/core/store/message-store";
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import type { Database } from "./database.ts";

interface Due {
  readonly id: string;
  readonly dueAt: number;
}

export class DueIndex {
  /** As many as the reconciler has groups; one file needs no shards of its own. */
  readonly shards = DEFAULT_SHARDS;
  /** Told of every time at which something will be due. */
  onDue: (dueAt: number) => void = () => undefined;
  readonly #database: Database;
  readonly #page: StatementSync;
  readonly #next: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    const page = (table: string, id: string) => `
      SELECT * FROM (
        SELECT ${id} AS id, due_at AS dueAt FROM ${table}
        WHERE shard = ?1 AND due_at <= ?2 AND (due_at, ${id}) > (?3, ?4)
        ORDER BY due_at, ${id} LIMIT ?5)`;
    this.#page = database.prepare(`
      ${page("messages", "message_id")} UNION ALL ${page("events", "event_id")} ORDER BY dueAt, id LIMIT ?5`);
    const next = (table: string) => `
      (SELECT due_at FROM ${table} WHERE shard = ?1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1)`;
    this.#next = database.prepare(
      `SELECT ${next("messages")} AS message, ${next("events")} AS event, ${next("lanes")} AS lane`,
    );
  }

  shardOf(id: string): number {
    return shardOf(id, this.shards);
  }

  due(shard: number, until: number, limit: number, from?: string): DuePage {
    this.#database.flush();
    return this.#database.read(() => {
      const [dueAt, id] = from === undefined ? [-1, ""] : (JSON.parse(from) as [number, string]);
      const rows = this.#page.all(shard, until, dueAt, id, limit + 1) as unknown as readonly Due[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        ids: page.map((row) => row.id),
        ...(last && rows.length > limit ? { next: JSON.stringify([last.dueAt, last.id]) } : {}),
      };
    });
  }

  /** When the next is due, or the most overdue one was. */
  nextDueAt(): number | undefined {
    this.#database.flush();
    return this.#database.read(() => {
      const times = Array.from({ length: this.shards }, (_, shard) => this.#next.get(shard)).flatMap((row) =>
        [row?.message, row?.event, row?.lane].filter((time) => typeof time === "number"),
      );
      return times.length === 0 ? undefined : Math.min(...times);
    });
  }
}
