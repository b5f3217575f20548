/** Messages as rows: what the store's port promises, without its promises. */
import type { StatementSync } from "node:sqlite";
import type { Clock } from "@homing/core/clock";
import {
  attentionOf,
  heldOf,
  listGroupOf,
  type Message,
  partitionsOfFailed,
} from "@homing/core/message/message";
import { newestFirst, oldestFirst, soonestDueFirst } from "@homing/core/message/order";
import { carriesToken, perform, type Transition } from "@homing/core/message/transition";
import type {
  DueQuery,
  DueRow,
  IndexRow,
  ListPosition,
  ListQuery,
  WriteResult,
} from "@homing/core/store/message-store";
import type { Database } from "./database.ts";
import type { DueIndex } from "./due-index.ts";

/** A message in motion is written four times and read as often: the latest stay decoded. */
const MAX_REMEMBERED = 4_096;

interface Row {
  readonly number: number;
  readonly message: Message;
}

/** What a message is found by. */
interface Places {
  readonly listGroup: string;
  readonly attention: string | null;
  readonly dueAt: number | null;
  readonly expiresAt: number | null;
}

const COLUMNS = {
  group: "list_group",
  sender: "sender_id",
  endpoint: "endpoint_id",
  attention: "attention",
} as const;
type ListedBy = keyof typeof COLUMNS;
/** The same list from both of its ends. */
interface Listing {
  readonly newestFirst: StatementSync;
  readonly oldestFirst: StatementSync;
}

export class MessageTable {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #remembered = new Map<string, Row>();
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #rewrite: StatementSync;
  readonly #rewriteTimes: StatementSync;
  readonly #rewritePlaces: StatementSync;
  readonly #delete: StatementSync;
  readonly #list: Readonly<Record<ListedBy, Listing>>;
  readonly #countHeld: StatementSync;
  readonly #due: DueIndex;
  readonly #listDue: StatementSync;

  constructor(database: Database, clock: Pick<Clock, "now">, due: DueIndex) {
    this.#database = database;
    this.#clock = clock;
    this.#due = due;
    database.onRollback(() => this.#remembered.clear());
    this.#find = database.prepare("SELECT number, document FROM messages WHERE message_id = ?");
    this.#insert = database.prepare(`
      INSERT INTO messages
        (message_id, sender_id, endpoint_id, created_at, shard, list_group, attention, due_at, expires_at, document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    // An index is written again if a column of it is named: what stays is left out.
    this.#rewrite = database.prepare("UPDATE messages SET document = ? WHERE number = ?");
    this.#rewriteTimes = database.prepare(
      "UPDATE messages SET due_at = ?, expires_at = ?, document = ? WHERE number = ?",
    );
    this.#rewritePlaces = database.prepare(`
      UPDATE messages SET list_group = ?, attention = ?, due_at = ?, expires_at = ?, document = ?
      WHERE number = ?`);
    this.#delete = database.prepare("DELETE FROM messages WHERE number = ?");
    const list = (by: ListedBy): Listing => ({
      newestFirst: database.prepare(`
        SELECT message_id AS messageId, created_at AS createdAt FROM messages
        WHERE ${COLUMNS[by]} = ? AND created_at >= ? AND (created_at, message_id) < (?, ?)
        ORDER BY created_at DESC, message_id DESC LIMIT ?`),
      oldestFirst: database.prepare(`
        SELECT message_id AS messageId, created_at AS createdAt FROM messages
        WHERE ${COLUMNS[by]} = ? AND created_at < ? AND (created_at, message_id) > (?, ?)
        ORDER BY created_at, message_id LIMIT ?`),
    });
    this.#list = {
      group: list("group"),
      sender: list("sender"),
      endpoint: list("endpoint"),
      attention: list("attention"),
    };
    this.#countHeld = database.prepare(
      "SELECT count(*) AS count FROM (SELECT 1 FROM messages WHERE attention = ? LIMIT ?)",
    );
    this.#listDue = database.prepare(`
      SELECT message_id AS messageId, due_at AS dueAt FROM messages
      WHERE shard = ? AND (due_at, message_id) > (?, ?) AND due_at IS NOT NULL
      ORDER BY due_at, message_id LIMIT ?`);
  }

  insert(message: Message): WriteResult {
    return this.#database.write(() => {
      const row = this.#read(message.messageId);
      if (row && !this.#isExpired(row.message))
        return { applied: row.message.writeId === message.writeId, message: row.message };
      if (row) this.#delete.run(row.number);
      const { messageId, senderId, endpointId = null, createdAt } = message;
      const { listGroup, attention, dueAt, expiresAt } = placesOf(message);
      const shard = this.#due.shardOf(messageId);
      const { lastInsertRowid } = this.#insert.run(
        messageId,
        senderId,
        endpointId,
        createdAt,
        shard,
        listGroup,
        attention,
        dueAt,
        expiresAt,
        JSON.stringify(message),
      );
      this.#remember({ number: Number(lastInsertRowid), message });
      return { applied: true, message };
    });
  }

  /** The condition is looked at and the row is written with nothing in between: one conditional write. */
  apply(messageId: string, transition: Transition): WriteResult {
    return this.#database.write(() => {
      const row = this.#read(messageId);
      if (!row || this.#isExpired(row.message)) return { applied: false };
      const next = perform(transition, row.message);
      if (!next) return { applied: carriesToken(row.message, transition.token), message: row.message };
      this.#write(row, next);
      return { applied: true, message: next };
    });
  }

  get(messageId: string): Message | undefined {
    return this.#database.read(() => {
      const row = this.#read(messageId);
      return row && !this.#isExpired(row.message) ? row.message : undefined;
    });
  }

  list(query: ListQuery): readonly IndexRow[] {
    const { groups, senderId, failed, resolved, endpointId, limit } = query;
    return this.#database.read(() => {
      const read = (by: ListedBy, value: string) => this.#readList(by, value, query);
      const merged = (by: ListedBy, values: readonly string[]) =>
        values
          .flatMap((value) => read(by, value))
          .sort(query.oldestFirst ? oldestFirst : newestFirst)
          .slice(0, limit);
      if (endpointId !== undefined) return read("endpoint", endpointId);
      if (senderId === undefined) return merged("group", groups);
      return failed ? merged("attention", partitionsOfFailed(senderId, resolved)) : read("sender", senderId);
    });
  }

  #readList(by: ListedBy, value: string, query: ListQuery): readonly IndexRow[] {
    const { since = 0, until = Number.MAX_SAFE_INTEGER, after, limit } = query;
    const { createdAt, messageId } = query.oldestFirst ? latest(after, since) : earliest(after, until);
    const rows = query.oldestFirst
      ? this.#list[by].oldestFirst.all(value, until, createdAt, messageId, limit)
      : this.#list[by].newestFirst.all(value, since, createdAt, messageId, limit);
    return rows as unknown as readonly IndexRow[];
  }

  listHeld(endpointId: string, limit: number, after?: ListPosition): readonly IndexRow[] {
    const query = { groups: [], oldestFirst: true as const, limit, ...(after ? { after } : {}) };
    return this.#database.read(() => this.#readList("attention", heldOf(endpointId), query));
  }

  countHeld(endpointId: string, most: number): number {
    return this.#database.read(() => Number(this.#countHeld.get(heldOf(endpointId), most)?.count));
  }

  listDue({ after = { dueAt: -1, messageId: "" }, limit }: DueQuery): readonly DueRow[] {
    return this.#database.read(() =>
      this.#eachShard((shard) => this.#listDue.all(shard, after.dueAt, after.messageId, limit))
        .sort(soonestDueFirst)
        .slice(0, limit),
    );
  }

  #eachShard(read: (shard: number) => readonly unknown[]): DueRow[] {
    return Array.from({ length: this.#due.shards }, (_, shard) => read(shard) as readonly DueRow[]).flat();
  }

  #write(row: Row, next: Message): void {
    const before = placesOf(row.message);
    const { listGroup, attention, dueAt, expiresAt } = placesOf(next);
    const document = JSON.stringify(next);
    if (listGroup !== before.listGroup || attention !== before.attention)
      this.#rewritePlaces.run(listGroup, attention, dueAt, expiresAt, document, row.number);
    else if (dueAt !== before.dueAt || expiresAt !== before.expiresAt)
      this.#rewriteTimes.run(dueAt, expiresAt, document, row.number);
    else this.#rewrite.run(document, row.number);
    this.#remember({ number: row.number, message: next });
  }

  #read(messageId: string): Row | undefined {
    const known = this.#remembered.get(messageId);
    if (known) return known;
    const found = this.#find.get(messageId) as { number: number; document: string } | undefined;
    return found && { number: found.number, message: JSON.parse(found.document) as Message };
  }

  /** What is finished is rarely asked for again. */
  #remember(row: Row): void {
    const { messageId, dueAt } = row.message;
    this.#remembered.delete(messageId);
    if (dueAt === undefined) return;
    this.#due.onDue(dueAt);
    this.#remembered.set(messageId, row);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }

  #isExpired({ expiresAt }: Message): boolean {
    return expiresAt !== undefined && expiresAt <= this.#clock.now();
  }
}

function placesOf(message: Message): Places {
  const { dueAt = null, expiresAt = null } = message;
  return {
    listGroup: listGroupOf(message),
    attention: attentionOf(message) ?? null,
    dueAt,
    expiresAt,
  };
}

/** Where a list goes on: behind the last row seen, and before the end of the time asked for. */
function earliest(after: IndexRow | undefined, until: number): IndexRow {
  const end = { createdAt: until, messageId: "" };
  return after !== undefined && newestFirst(end, after) < 0 ? after : end;
}

/** The same from the other end: at or after the beginning of the time asked for. */
function latest(after: IndexRow | undefined, since: number): IndexRow {
  const start = { createdAt: since, messageId: "" };
  return after !== undefined && oldestFirst(start, after) < 0 ? after : start;
}
