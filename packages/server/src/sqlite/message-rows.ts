/**
 * The row of each message. A message is often written several times in one group of writes, and read as often: the
 * latest stay decoded, and of a group only the last state of each becomes a statement.
 */
import type { StatementSync } from "node:sqlite";
import { attentionOf, listGroupOf, type Message } from "@homing/core/message/message";
import type { Database } from "./database.ts";
import type { DueIndex } from "./due-index.ts";

/** A message in motion is written four times: the latest stay decoded. */
const MAX_REMEMBERED = 4_096;

export interface Row {
  readonly number: number;
  readonly message: Message;
}

/** What a row is to be, and what it is in the file, if it is there. */
interface Unwritten {
  readonly before?: Message;
  readonly row: Row;
}

/** What a message is found by. */
interface Places {
  readonly listGroup: string;
  readonly attention: string | null;
  readonly dueAt: number | null;
  readonly expiresAt: number | null;
}

export class MessageRows {
  readonly #database: Database;
  readonly #due: DueIndex;
  /** By message. */
  readonly #remembered = new Map<string, Row>();
  readonly #unwritten = new Map<string, Unwritten>();
  #last: number;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #rewrite: StatementSync;
  readonly #rewriteTimes: StatementSync;
  readonly #rewritePlaces: StatementSync;
  readonly #delete: StatementSync;
  readonly #deletePayload: StatementSync;

  constructor(database: Database, due: DueIndex) {
    this.#database = database;
    this.#due = due;
    database.onFlush(() => this.#flush());
    database.onRollback(() => {
      this.#remembered.clear();
      this.#unwritten.clear();
    });
    this.#find = database.prepare("SELECT number, document FROM messages WHERE message_id = ?");
    this.#insert = database.prepare(`
      INSERT INTO messages
        (number, message_id, sender_id, endpoint_id, created_at, shard, list_group, attention, due_at, expires_at,
        document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#last = Number(database.prepare("SELECT max(number) AS last FROM messages").get()?.last ?? 0);
    // An index is written again if a column of it is named: what stays is left out.
    this.#rewrite = database.prepare("UPDATE messages SET document = ? WHERE number = ?");
    this.#rewriteTimes = database.prepare(
      "UPDATE messages SET due_at = ?, expires_at = ?, document = ? WHERE number = ?",
    );
    this.#rewritePlaces = database.prepare(`
      UPDATE messages SET list_group = ?, attention = ?, due_at = ?, expires_at = ?, document = ?
      WHERE number = ?`);
    this.#delete = database.prepare("DELETE FROM messages WHERE number = ?");
    this.#deletePayload = database.prepare("DELETE FROM payloads WHERE created_at = ? AND message_id = ?");
  }

  /** A row with a number of its own. */
  add(message: Message): void {
    this.put({ number: ++this.#last, message });
  }

  /** And its payload, which is found by the time in it. */
  delete({ number, message }: Row): void {
    // It may not be there yet.
    this.#database.flush();
    this.#delete.run(number);
    this.#deletePayload.run(message.createdAt, message.messageId);
  }

  /** `before`: what was read, if there is a row. */
  put(row: Row, before?: Message): void {
    const { messageId } = row.message;
    const open = this.#unwritten.get(messageId) ?? (before ? { before } : {});
    this.#unwritten.set(messageId, { ...open, row });
    this.#remember(row);
  }

  #flush(): void {
    for (const { before, row } of this.#unwritten.values()) {
      if (before === undefined) this.#insertRow(row);
      else this.#rewriteRow(row, before);
    }
    this.#unwritten.clear();
  }

  #insertRow({ number, message }: Row): void {
    const { messageId, senderId, endpointId = null, createdAt } = message;
    const { listGroup, attention, dueAt, expiresAt } = placesOf(message);
    this.#insert.run(
      number,
      messageId,
      senderId,
      endpointId,
      createdAt,
      this.#due.shardOf(messageId),
      listGroup,
      attention,
      dueAt,
      expiresAt,
      JSON.stringify(message),
    );
  }

  #rewriteRow({ number, message }: Row, old: Message): void {
    const before = placesOf(old);
    const { listGroup, attention, dueAt, expiresAt } = placesOf(message);
    const document = JSON.stringify(message);
    if (listGroup !== before.listGroup || attention !== before.attention)
      this.#rewritePlaces.run(listGroup, attention, dueAt, expiresAt, document, number);
    else if (dueAt !== before.dueAt || expiresAt !== before.expiresAt)
      this.#rewriteTimes.run(dueAt, expiresAt, document, number);
    else this.#rewrite.run(document, number);
  }

  find(messageId: string): Row | undefined {
    const known = this.#unwritten.get(messageId)?.row ?? this.#remembered.get(messageId);
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
