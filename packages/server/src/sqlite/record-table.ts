/** What lies beside a message: its payload, written once, and its attempts. */
import type { StatementSync } from "node:sqlite";
import type { Clock } from "@homing/core/clock";
import type { Attempt, Message, Payload } from "@homing/core/message/message";
import { LATEST_ATTEMPTS, type PayloadOwner, type PayloadSummary } from "@homing/core/store/message-store";
import type { Database } from "./database.ts";

interface PayloadRow {
  readonly number: number;
  readonly expiresAt: number;
  readonly document: string;
  readonly body: string | null;
}

export class RecordTable {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #insertPayload: StatementSync;
  readonly #findPayload: StatementSync;
  readonly #findSummary: StatementSync;
  readonly #keepPayload: StatementSync;
  readonly #deletePayload: StatementSync;
  readonly #putAttempt: StatementSync;
  readonly #listAttempts: StatementSync;

  constructor(database: Database, clock: Pick<Clock, "now">) {
    this.#database = database;
    this.#clock = clock;
    this.#insertPayload = database.prepare(`
      INSERT INTO payloads (message_id, request_hash, created_at, expires_at, document, body)
      VALUES (?, ?, ?, ?, ?, ?)`);
    const find = (columns: string) =>
      database.prepare(`
        SELECT ${columns} FROM payloads WHERE message_id = ? AND request_hash = ? AND created_at = ?`);
    this.#findPayload = find("number, expires_at AS expiresAt, document, body");
    // Without the body, whose pages are then not read.
    this.#findSummary = find("number, expires_at AS expiresAt, document, NULL AS body");
    this.#keepPayload = database.prepare("UPDATE payloads SET expires_at = ? WHERE number = ?");
    this.#deletePayload = database.prepare("DELETE FROM payloads WHERE number = ?");
    this.#putAttempt = database.prepare(`
      INSERT OR REPLACE INTO attempts (message_id, attempt, claim_id, expires_at, document)
      VALUES (?, ?, ?, ?, ?)`);
    this.#listAttempts = database.prepare(`
      SELECT document FROM attempts WHERE message_id = ? AND expires_at > ?
      ORDER BY attempt DESC LIMIT ${LATEST_ATTEMPTS}`);
  }

  putPayload(owner: PayloadOwner, payload: Payload, expiresAt: number): void {
    this.#database.write(() => {
      const { messageId, requestHash, createdAt } = owner;
      const { body = null, ...rest } = payload;
      this.#insertPayload.run(messageId, requestHash, createdAt, expiresAt, JSON.stringify(rest), body);
    });
  }

  putPayloadIfAbsent(owner: PayloadOwner, payload: Payload, expiresAt: number): Payload {
    return this.#database.write(() => {
      const row = this.#find(this.#findPayload, owner);
      if (row && this.#counts(row)) return payloadOf(row);
      if (row) this.#deletePayload.run(row.number);
      this.putPayload(owner, payload, expiresAt);
      return payload;
    });
  }

  keepPayload(owner: PayloadOwner, expiresAt: number): boolean {
    return this.#database.write(() => {
      const row = this.#find(this.#findSummary, owner);
      if (!row || !this.#counts(row)) return false;
      this.#keepPayload.run(expiresAt, row.number);
      return true;
    });
  }

  getPayload(owner: PayloadOwner): Payload | undefined {
    return this.#database.read(() => {
      const row = this.#find(this.#findPayload, owner);
      return row && this.#counts(row) ? payloadOf(row) : undefined;
    });
  }

  getSummaries(messages: readonly Message[]): ReadonlyMap<string, PayloadSummary> {
    return this.#database.read(() => {
      const summaries = new Map<string, PayloadSummary>();
      for (const message of messages) {
        const row = this.#find(this.#findSummary, message);
        if (!row || !this.#counts(row)) continue;
        const { targetUrl, method, metadata } = payloadOf(row);
        summaries.set(message.messageId, { targetUrl, method, ...(metadata ? { metadata } : {}) });
      }
      return summaries;
    });
  }

  putAttempt(messageId: string, attempt: Attempt, expiresAt: number): void {
    this.#database.write(() => {
      this.#putAttempt.run(messageId, attempt.number, attempt.claimId, expiresAt, JSON.stringify(attempt));
    });
  }

  /** The latest, by number; without those of an earlier life of the same id. */
  latestAttempts({ messageId, createdAt }: Message): readonly Attempt[] {
    return this.#database.read(() => {
      const rows = this.#listAttempts.all(messageId, this.#clock.now()) as unknown as readonly {
        document: string;
      }[];
      return rows
        .map(({ document }) => JSON.parse(document) as Attempt)
        .filter(({ startedAt }) => startedAt >= createdAt)
        .sort((a, b) => a.number - b.number || a.startedAt - b.startedAt);
    });
  }

  #find(
    statement: StatementSync,
    { messageId, requestHash, createdAt }: PayloadOwner,
  ): PayloadRow | undefined {
    return statement.get(messageId, requestHash, createdAt) as PayloadRow | undefined;
  }

  #counts({ expiresAt }: Pick<PayloadRow, "expiresAt">): boolean {
    return expiresAt > this.#clock.now();
  }
}

function payloadOf({ document, body }: PayloadRow): Payload {
  return { ...(JSON.parse(document) as Payload), ...(body === null ? {} : { body }) };
}
