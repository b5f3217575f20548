/** Endpoints on SQLite: an endpoint and the version of its sender's change in one write. */
import type { Clock } from "@homing/core/clock";
import { callsForAttention, type Endpoint } from "@homing/core/endpoint/endpoint";
import { type EndpointChange, performChange } from "@homing/core/endpoint/endpoint-change";
import {
  type DueEndpoints,
  type EndpointListQuery,
  type EndpointOwner,
  type EndpointPage,
  type EndpointStore,
  placeOf,
} from "@homing/core/endpoint/endpoint-store";
import { type Pace, paceExpiresAt, reserveSlots, type SlotRequest } from "@homing/core/endpoint/pace";
import type { Answer, Database } from "./database.ts";

export class SqliteEndpointStore implements EndpointStore {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #answer: Answer;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: Database, clock: Pick<Clock, "now">, answer: Answer = database.whenSafe) {
    this.#database = database;
    this.#clock = clock;
    this.#answer = answer;
    this.#sql = prepare(database);
  }

  insert(endpoint: Endpoint): Promise<{ readonly inserted: boolean; readonly endpoint: Endpoint }> {
    return this.#write(() => {
      const existing = this.#find(endpoint.endpointId);
      if (!existing) this.#put(endpoint);
      this.#sql.raise.run(endpoint.senderId);
      const inserted = existing === undefined || existing.writeId === endpoint.writeId;
      return { inserted, endpoint: existing ?? endpoint };
    });
  }

  change(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined> {
    return this.#write(() => {
      const current = this.#find(read.endpointId);
      const changed =
        current?.writeId === change.set.writeId ? current : current && performChange(current, change);
      if (!changed) return undefined;
      this.#put(changed);
      if (!change.quiet) this.#sql.raise.run(read.senderId);
      return changed;
    });
  }

  raiseVersion(senderId: string): Promise<void> {
    return this.#write(() => void this.#sql.raise.run(senderId));
  }

  version(senderId: string): Promise<number> {
    return this.#read(() => Number(this.#sql.version.get(senderId)?.version ?? 0));
  }

  listOf(senderId: string): Promise<readonly Endpoint[]> {
    return this.#read(() => endpointsOf(this.#sql.listOf.all(senderId, this.#clock.now())));
  }

  get(senderId: string, endpointId: string): Promise<Endpoint | undefined> {
    return this.#read(() => this.#own({ senderId, endpointId }));
  }

  getMany(owners: readonly EndpointOwner[]): Promise<readonly Endpoint[]> {
    const distinct = new Map(owners.map((owner) => [`${owner.senderId} ${owner.endpointId}`, owner]));
    return this.#read(() => [...distinct.values()].flatMap((owner) => this.#own(owner) ?? []));
  }

  find(endpointId: string): Promise<Endpoint | undefined> {
    return this.#read(() => this.#find(endpointId));
  }

  list({ attention, limit, after }: EndpointListQuery): Promise<EndpointPage> {
    return this.#read(() => {
      const { createdAt, endpointId } = after ?? { createdAt: Number.MAX_SAFE_INTEGER, endpointId: "" };
      const sql = attention ? this.#sql.listAttention : this.#sql.list;
      const found = endpointsOf(sql.all(createdAt, endpointId, this.#clock.now(), limit + 1));
      const endpoints = found.slice(0, limit);
      const last = endpoints.at(-1);
      return { endpoints, ...(last && found.length > limit ? { next: placeOf(last) } : {}) };
    });
  }

  failing(limit: number): Promise<readonly Endpoint[]> {
    return this.#read(() => endpointsOf(this.#sql.failing.all(limit)));
  }

  due(until: number, limit: number, from?: string): Promise<DueEndpoints> {
    return this.#read(() => {
      const [dueAt, endpointId] = from === undefined ? [-1, ""] : (JSON.parse(from) as [number, string]);
      const rows = this.#sql.due.all(until, dueAt, endpointId, limit + 1) as unknown as readonly DueRow[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        endpoints: page.map((row) => ({ senderId: row.senderId, endpointId: row.endpointId })),
        ...(last && rows.length > limit ? { next: JSON.stringify([last.dueAt, last.endpointId]) } : {}),
      };
    });
  }

  reserve({ endpointId }: EndpointOwner, request: SlotRequest): Promise<readonly number[]> {
    return this.#write(() => {
      const row = this.#sql.pace.get(endpointId) as { document: string } | undefined;
      const { pace, slotsAt } = reserveSlots(row && (JSON.parse(row.document) as Pace), request);
      if (pace) this.#sql.putPace.run(endpointId, paceExpiresAt(request.now), JSON.stringify(pace));
      return slotsAt;
    });
  }

  #find(endpointId: string): Endpoint | undefined {
    return endpointsOf([this.#sql.find.get(endpointId, this.#clock.now())])[0];
  }

  #own({ senderId, endpointId }: EndpointOwner): Endpoint | undefined {
    const endpoint = this.#find(endpointId);
    return endpoint?.senderId === senderId ? endpoint : undefined;
  }

  #put(endpoint: Endpoint): void {
    const { endpointId, senderId, state, createdAt, dueAt = null, expiresAt = null } = endpoint;
    const attention = callsForAttention(endpoint) ? 1 : 0;
    this.#sql.put.run(
      endpointId,
      senderId,
      state,
      attention,
      createdAt,
      dueAt,
      expiresAt,
      JSON.stringify(endpoint),
    );
  }

  #read<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.read(work));
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#answer(() => this.#database.write(work));
  }
}

interface DueRow {
  readonly senderId: string;
  readonly endpointId: string;
  readonly dueAt: number;
}

function prepare(database: Database) {
  const counts = "(expires_at IS NULL OR expires_at > ?)";
  const list = (states: string) =>
    database.prepare(`
      SELECT document FROM endpoints
      WHERE (created_at, endpoint_id) < (?, ?) AND ${counts} AND ${states}
      ORDER BY created_at DESC, endpoint_id DESC LIMIT ?`);
  return {
    put: database.prepare(`
      INSERT OR REPLACE INTO endpoints (endpoint_id, sender_id, state, attention, created_at, due_at, expires_at, document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    find: database.prepare(`SELECT document FROM endpoints WHERE endpoint_id = ? AND ${counts}`),
    listOf: database.prepare(`SELECT document FROM endpoints WHERE sender_id = ? AND ${counts}`),
    list: list("state <> 'DELETED'"),
    listAttention: list("attention = 1 AND state <> 'DELETED'"),
    // In the words of the index: SQLite uses it for no others.
    failing: database.prepare(`
      SELECT document FROM endpoints WHERE state = 'ACTIVE' AND document ->> '$.failingSince' IS NOT NULL
      ORDER BY document ->> '$.failingSince' LIMIT ?`),
    due: database.prepare(`
      SELECT sender_id AS senderId, endpoint_id AS endpointId, due_at AS dueAt FROM endpoints
      WHERE due_at <= ? AND (due_at, endpoint_id) > (?, ?) ORDER BY due_at, endpoint_id LIMIT ?`),
    raise: database.prepare(`
      INSERT INTO endpoint_versions (sender_id, version) VALUES (?, 1)
      ON CONFLICT DO UPDATE SET version = version + 1`),
    pace: database.prepare("SELECT document FROM paces WHERE endpoint_id = ?"),
    putPace: database.prepare(
      "INSERT OR REPLACE INTO paces (endpoint_id, expires_at, document) VALUES (?, ?, ?)",
    ),
    version: database.prepare("SELECT version FROM endpoint_versions WHERE sender_id = ?"),
  };
}

function endpointsOf(rows: readonly unknown[]): Endpoint[] {
  return rows.flatMap((row) => (row ? (JSON.parse((row as { document: string }).document) as Endpoint) : []));
}
