import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import type { createMemoryApi, MemoryApi, MemoryApiOptions } from "@homing/functions/testing/memory-api";
import { openDatabase } from "@homing/server/sqlite/open-database";
import { SqliteEndpointStore } from "@homing/server/sqlite/sqlite-endpoint-store";
import { createStorage } from "@homing/server/sqlite/storage";
import { onTestFinished } from "vitest";

/** The application of the API's own tests, its messages, events and endpoints on SQLite, and answered as there. */
export function sqliteApi(create: typeof createMemoryApi) {
  return (options: MemoryApiOptions = {}): MemoryApi => {
    const folder = mkdtempSync(join(tmpdir(), "homing-api-"));
    const database = openDatabase(folder, join(folder, "homing.db"), {});
    let made: MemoryApi | undefined;
    const now = () => made?.clock.now() ?? 0;
    const clock = { now, monotonic: now };
    const { atOnce, queue } = createStorage(database, clock, DEFAULT_SETTINGS, 1);
    const { wrapStore, wrapEvents, wrapEndpoints } = options;
    const endpoints = new SqliteEndpointStore(database, clock);
    made = create({
      ...options,
      wrapStore: () => wrapStore?.(atOnce.store) ?? atOnce.store,
      wrapEvents: () => wrapEvents?.(atOnce.events) ?? atOnce.events,
      wrapEndpoints: () => wrapEndpoints?.(endpoints) ?? endpoints,
      beginCall: () => {
        const before = database.count;
        return () => database.settledSince(before);
      },
    });
    const close = () => {
      queue.close();
      database.close();
      rmSync(folder, { recursive: true });
    };
    try {
      onTestFinished(close);
    } catch {
      // Made for a whole suite: it goes with the process.
      process.once("exit", close);
    }
    return { ...made, store: atOnce.store };
  };
}
