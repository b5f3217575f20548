/** Messages as rows: what the store's port promises, without its promises. */
import type { StatementSync } from "node:sqlite";
import type { Clock } from "@homing/core/clock";
import { hasPart } from "@homing/core/id-part";
import {
  heldOf,
  LIST_GROUPS,
  type Message,
  partitionsOfFailed,
  throttledOf,
} from "@homing/core/message/message";
import { newestFirst, oldestFirst, soonestDueFirst } from "@homing/core/message/order";
import { carriesToken, perform, type Transition } from "@homing/core/message/transition";
import type {
  DueQuery,
  DueRow,
  IdPage,
  IdQuery,
  IndexRow,
  ListPosition,
  ListQuery,
  WriteResult,
} from "@homing/core/store/message-store";
import type { Database } from "./database.ts";
import type { DueIndex } from "./due-index.ts";
import { MessageRows } from "./message-rows.ts";

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

/** Read at once, while everything else waits. */
const LOOKED_IDS = 2_500;

export class MessageTable {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #rows: MessageRows;
  readonly #list: Readonly<Record<ListedBy, Listing>>;
  readonly #beginningSo: StatementSync;
  readonly #countHeld: StatementSync;
  readonly #due: DueIndex;
  readonly #listDue: StatementSync;

  constructor(database: Database, clock: Pick<Clock, "now">, due: DueIndex) {
    this.#database = database;
    this.#clock = clock;
    this.#due = due;
    this.#rows = new MessageRows(database, due);
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
    this.#beginningSo = database.prepare(`
      SELECT message_id AS messageId, created_at AS createdAt, sender_id AS senderId FROM messages
      WHERE message_id >= ? AND message_id < ? LIMIT ?`);
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
      const row = this.#rows.find(message.messageId);
      if (row && !this.#isExpired(row.message))
        return { applied: row.message.writeId === message.writeId, message: row.message };
      if (row) this.#rows.delete(row);
      this.#rows.add(message);
      return { applied: true, message };
    });
  }

  /** The condition is looked at and the row is written with nothing in between: one conditional write. */
  apply(messageId: string, transition: Transition): WriteResult {
    return this.#database.write(() => {
      const row = this.#rows.find(messageId);
      if (!row || this.#isExpired(row.message)) return { applied: false };
      const next = perform(transition, row.message);
      if (!next) return { applied: carriesToken(row.message, transition.token), message: row.message };
      this.#rows.put({ number: row.number, message: next }, row.message);
      return { applied: true, message: next };
    });
  }

  get(messageId: string): Message | undefined {
    return this.#database.read(() => {
      const row = this.#rows.find(messageId);
      return row && !this.#isExpired(row.message) ? row.message : undefined;
    });
  }

  list(query: ListQuery): readonly IndexRow[] {
    const { groups, senderId, failed, resolved, endpointId, limit } = query;
    return this.#search(() => {
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

  /** The ids are in order: those that begin so lie side by side, however old they are. Of any other part so many are read. */
  findIds({ part, ...query }: IdQuery): IdPage {
    return this.#search(() => {
      const beginning = part.isBeginning ? this.#beginningWith(part.text, query) : undefined;
      if (beginning !== undefined) return { rows: beginning };
      const rows = this.list({ ...query, groups: LIST_GROUPS, limit: LOOKED_IDS });
      const next = rows.length === LOOKED_IDS ? rows.at(-1) : undefined;
      return { rows: rows.filter(({ messageId }) => hasPart(messageId, part)), ...(next ? { next } : {}) };
    });
  }

  /** Undefined if they are too many: the beginning is a time in which much was accepted. */
  #beginningWith(text: string, query: Omit<IdQuery, "part">): readonly IndexRow[] | undefined {
    const { senderId, since = 0, until = Number.MAX_SAFE_INTEGER, after } = query;
    // Behind every character of an id.
    const found = this.#beginningSo.all(`msg_${text}`, `msg_${text}~`, LOOKED_IDS + 1);
    if (found.length > LOOKED_IDS) return undefined;
    return (found as unknown as readonly (IndexRow & { readonly senderId: string })[])
      .filter((row) => senderId === undefined || row.senderId === senderId)
      .filter((row) => row.createdAt >= since && row.createdAt < until)
      .filter((row) => after === undefined || newestFirst(after, row) < 0)
      .map(({ messageId, createdAt }) => ({ messageId, createdAt }))
      .sort(newestFirst);
  }

  listHeld(
    endpointId: string,
    limit: number,
    after?: ListPosition,
    rounds: readonly number[] = [],
  ): readonly IndexRow[] {
    const query = { groups: [], oldestFirst: true as const, limit, ...(after ? { after } : {}) };
    const values = [heldOf(endpointId), ...rounds.map((round) => throttledOf(endpointId, round))];
    return this.#search(() =>
      values
        .flatMap((value) => this.#readList("attention", value, query))
        .sort(oldestFirst)
        .slice(0, limit),
    );
  }

  countHeld(endpointId: string, most: number): number {
    return this.#search(() => Number(this.#countHeld.get(heldOf(endpointId), most)?.count));
  }

  listDue({ after = { dueAt: -1, messageId: "" }, limit }: DueQuery): readonly DueRow[] {
    return this.#search(() =>
      this.#eachShard((shard) => this.#listDue.all(shard, after.dueAt, after.messageId, limit))
        .sort(soonestDueFirst)
        .slice(0, limit),
    );
  }

  #eachShard(read: (shard: number) => readonly unknown[]): DueRow[] {
    return Array.from({ length: this.#due.shards }, (_, shard) => read(shard) as readonly DueRow[]).flat();
  }

  /** Reads what only the file can tell. */
  #search<T>(work: () => T): T {
    this.#database.flush();
    return this.#database.read(work);
  }

  #isExpired({ expiresAt }: Message): boolean {
    return expiresAt !== undefined && expiresAt <= this.#clock.now();
  }
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
