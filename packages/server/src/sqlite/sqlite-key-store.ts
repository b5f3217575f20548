/** Keys and senders on SQLite. */
import {
  type KeyCount,
  type KeyListQuery,
  type KeyPage,
  type KeyRecord,
  type KeyStore,
  keyPlace,
  rotated,
  type SenderRecord,
  unknownSender,
} from "@homing/functions/keys/key-store";
import type { Answer, Database } from "./database.ts";

/** Sorts after every place of a key. */
const END = "~~";

export class SqliteKeyStore implements KeyStore {
  readonly #database: Database;
  readonly #answer: Answer;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: Database, answer: Answer = database.whenSafe) {
    this.#database = database;
    this.#answer = answer;
    this.#sql = prepare(database);
  }

  create(key: KeyRecord): Promise<void> {
    const { keyId, senderId, expiresAt = null } = key;
    return this.#write(
      () => void this.#sql.create.run(keyId, senderId, keyPlace(key), expiresAt, JSON.stringify(key)),
    );
  }

  get(keyId: string): Promise<KeyRecord | undefined> {
    return this.#read(() => this.#key(keyId));
  }

  list({ senderId, limit, after = END }: KeyListQuery): Promise<KeyPage> {
    return this.#read(() => {
      const rows =
        senderId === undefined
          ? this.#sql.list.all(after, limit + 1)
          : this.#sql.listOfSender.all(senderId, after, limit + 1);
      const found = documents<KeyRecord>(rows);
      const keys = found.slice(0, limit);
      const last = keys.at(-1);
      return { keys, ...(last && found.length > limit ? { next: keyPlace(last) } : {}) };
    });
  }

  count(senderId: string, now: number): Promise<KeyCount> {
    return this.#read(() => this.#sql.count.get(now, senderId) as unknown as KeyCount);
  }

  revoke(keyId: string, at: number): Promise<KeyRecord | undefined> {
    return this.#write(() => {
      const key = this.#key(keyId);
      if (!key || key.revokedAt !== undefined) return key;
      const revoked = { ...key, revokedAt: at };
      this.#sql.revoke.run(at, JSON.stringify(revoked), keyId);
      return revoked;
    });
  }

  getSender(senderId: string): Promise<SenderRecord | undefined> {
    return this.#read(() => this.#sender(senderId));
  }

  introduceSender(senderId: string): Promise<boolean> {
    return this.#write(() => {
      if (this.#sender(senderId)) return false;
      this.#putSender(unknownSender(senderId));
      return true;
    });
  }

  rotateSender(senderId: string, at: number): Promise<SenderRecord> {
    return this.#write(() => {
      const sender = rotated(this.#sender(senderId) ?? unknownSender(senderId), at);
      this.#putSender(sender);
      return sender;
    });
  }

  #key(keyId: string): KeyRecord | undefined {
    return documents<KeyRecord>([this.#sql.find.get(keyId)])[0];
  }

  #sender(senderId: string): SenderRecord | undefined {
    return documents<SenderRecord>([this.#sql.findSender.get(senderId)])[0];
  }

  #putSender(sender: SenderRecord): void {
    this.#sql.putSender.run(sender.senderId, JSON.stringify(sender));
  }

  #read<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.read(work));
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.write(work));
  }
}

function prepare(database: Database) {
  const list = (where: string) =>
    database.prepare(`SELECT document FROM keys WHERE ${where} ORDER BY place DESC LIMIT ?`);
  return {
    create: database.prepare(`
      INSERT INTO keys (key_id, sender_id, place, valid_until, document) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    find: database.prepare("SELECT document FROM keys WHERE key_id = ?"),
    list: list("place < ?"),
    listOfSender: list("sender_id = ? AND place < ?"),
    count: database.prepare(`
      SELECT
        count(*) AS listed,
        count(*) FILTER (WHERE revoked_at IS NULL AND (valid_until IS NULL OR valid_until > ?)) AS inForce
      FROM keys WHERE sender_id = ?`),
    revoke: database.prepare("UPDATE keys SET revoked_at = ?, document = ? WHERE key_id = ?"),
    findSender: database.prepare("SELECT document FROM senders WHERE sender_id = ?"),
    putSender: database.prepare(`
      INSERT INTO senders (sender_id, document) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET document = excluded.document`),
  };
}

function documents<T>(rows: readonly unknown[]): T[] {
  return rows.flatMap((row) => (row ? (JSON.parse((row as { document: string }).document) as T) : []));
}
