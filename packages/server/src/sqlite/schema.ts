/**
 * The tables, and how a file of an earlier version becomes one of this version. A migration is never changed once it
 * has been released: what is to be different is another one behind it.
 *
 * What is kept of a message, an event, an endpoint or a key is one JSON document: a new optional attribute needs no
 * migration. Beside it stands what is searched by. The tables are not STRICT: a column that refuses a value would undo
 * the writes of everybody who shares its group.
 */
import { SettingsError } from "@homing/core/settings";
import type { Database } from "./database.ts";

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    sender_id TEXT NOT NULL,
    endpoint_id TEXT,
    list_group TEXT NOT NULL,
    attention TEXT,
    created_at INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    due_at INTEGER,
    expires_at INTEGER,
    document TEXT NOT NULL
  );
  CREATE INDEX messages_listed ON messages (list_group, created_at, message_id);
  CREATE INDEX messages_of_sender ON messages (sender_id, created_at, message_id);
  CREATE INDEX messages_of_endpoint ON messages (endpoint_id, created_at, message_id) WHERE endpoint_id IS NOT NULL;
  CREATE INDEX messages_attention ON messages (attention, created_at, message_id) WHERE attention IS NOT NULL;
  CREATE INDEX messages_due ON messages (shard, due_at, message_id) WHERE due_at IS NOT NULL;
  CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE payloads (
    number INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    body TEXT
  );
  CREATE INDEX payloads_of_message ON payloads (message_id);

  CREATE TABLE attempts (
    number INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    claim_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (message_id, attempt, claim_id)
  );

  CREATE TABLE copies (
    number INTEGER PRIMARY KEY,
    group_id TEXT NOT NULL,
    hidden_until INTEGER,
    receive_count INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX copies_of_group ON copies (group_id, number) WHERE hidden_until IS NULL;
  CREATE INDEX copies_hidden ON copies (hidden_until) WHERE hidden_until IS NOT NULL;

  CREATE TABLE dead_copies (
    number INTEGER PRIMARY KEY,
    buried_at INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    body TEXT NOT NULL
  );

  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE keys (
    key_id TEXT PRIMARY KEY,
    sender_id TEXT NOT NULL,
    place TEXT NOT NULL UNIQUE,
    valid_until INTEGER,
    revoked_at INTEGER,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX keys_of_sender ON keys (sender_id, place);
  CREATE INDEX keys_expiring ON keys (valid_until) WHERE valid_until IS NOT NULL;
  CREATE INDEX keys_revoked ON keys (revoked_at) WHERE revoked_at IS NOT NULL;

  CREATE TABLE senders (
    sender_id TEXT PRIMARY KEY,
    document TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE counts (
    unit TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (unit, starts_at, what)
  ) WITHOUT ROWID;

  CREATE TABLE endpoints (
    endpoint_id TEXT PRIMARY KEY,
    sender_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attention INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER,
    expires_at INTEGER,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX endpoints_of_sender ON endpoints (sender_id);
  CREATE INDEX endpoints_due ON endpoints (due_at, endpoint_id) WHERE due_at IS NOT NULL;
  CREATE INDEX endpoints_listed ON endpoints (created_at, endpoint_id);
  CREATE INDEX endpoints_expiring ON endpoints (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE endpoint_versions (
    sender_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    sender_id TEXT NOT NULL,
    unmatched INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    due_at INTEGER,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL
  );
  CREATE INDEX events_listed ON events (created_at, event_id);
  CREATE INDEX events_of_sender ON events (sender_id, created_at, event_id);
  CREATE INDEX events_unmatched ON events (created_at, event_id) WHERE unmatched = 1;
  CREATE INDEX events_due ON events (shard, due_at, event_id) WHERE due_at IS NOT NULL;
  CREATE INDEX events_expiring ON events (expires_at);

  CREATE TABLE event_payloads (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (event_id, request_hash)
  );
  CREATE INDEX event_payloads_expiring ON event_payloads (expires_at);

  CREATE TABLE event_slices (
    event_id TEXT NOT NULL,
    slice TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (event_id, slice)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE lanes (
    lane_id TEXT PRIMARY KEY,
    shard INTEGER NOT NULL,
    due_at INTEGER,
    mark TEXT,
    marked_since INTEGER,
    expires_at INTEGER,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX lanes_due ON lanes (shard, due_at, lane_id) WHERE due_at IS NOT NULL;
  CREATE INDEX lanes_marked ON lanes (mark, marked_since, lane_id) WHERE mark IS NOT NULL;
  CREATE INDEX lanes_expiring ON lanes (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE segments (
    lane_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    expires_at INTEGER,
    document TEXT NOT NULL,
    PRIMARY KEY (lane_id, number)
  ) WITHOUT ROWID;
  CREATE INDEX segments_expiring ON segments (expires_at) WHERE expires_at IS NOT NULL;
  `,
  `
  CREATE TABLE paces (
    endpoint_id TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX paces_expiring ON paces (expires_at);
  `,
  `
  CREATE INDEX endpoints_failing ON endpoints (document ->> '$.failingSince')
    WHERE state = 'ACTIVE' AND document ->> '$.failingSince' IS NOT NULL;
  `,
  // In order of time, so that new ones lie side by side: an id that is made of a key lies anywhere.
  `
  DROP INDEX payloads_of_message;
  CREATE INDEX payloads_of_message ON payloads (created_at, message_id);
  `,
];

/** Says whose file it is: "Homi" (https://www.sqlite.org/pragma.html#pragma_application_id). */
export const APPLICATION_ID = 0x48_6f_6d_69;

/**
 * Brings the file to the newest version, each step in a transaction of its own: a process that dies in between finds
 * either the old version or the new one.
 *
 * @throws SettingsError for a file of something else, or of a newer version.
 */
export function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): void {
  const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const version = pragma("user_version");
  const isOurs = pragma("application_id") === APPLICATION_ID;
  const isEmpty = pragma("page_count") <= 1 && version === 0;
  if (!isOurs && !isEmpty) throw new SettingsError("HOMING_DATA_DIR: the database in it is not Homing's.");
  if (version > migrations.length) {
    throw new SettingsError(
      `HOMING_DATA_DIR: its database is of a newer version of Homing (${version}; this one reads up to ${migrations.length}).`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(`
        ${migration};
        PRAGMA application_id = ${APPLICATION_ID};
        PRAGMA user_version = ${index + 1};
        COMMIT;
      `);
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }
}
