import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import type { ApiPorts, createMemoryApi } from "@homing/functions/testing/memory-api";
import type { Sync } from "@homing/server/sqlite/database";
import { openDatabase } from "@homing/server/sqlite/open-database";
import type { HandedCopy } from "@homing/server/sqlite/sqlite-message-queue";
import { createStorage, type Storage } from "@homing/server/sqlite/storage";
import { onTestFinished } from "vitest";

/** More than any test has in its queue. */
const MOST_IN_PROGRESS = 1_000;

/** The application of the API's own tests, everything on SQLite, and answered as there. */
export function sqliteApi(create: typeof createMemoryApi): typeof createMemoryApi {
  return (options) => {
    const folder = mkdtempSync(join(tmpdir(), "homing-api-"));
    // No test here cuts the power.
    const sync: Sync = (_file, done) => setImmediate(done, null);
    const database = openDatabase(folder, join(folder, "homing.db"), { sync });
    const closers = [() => database.close(), () => rmSync(folder, { recursive: true })];
    const made = create({
      ...options,
      createPorts: (clock) => {
        const storage = createStorage(database, clock, DEFAULT_SETTINGS, MOST_IN_PROGRESS);
        closers.unshift(() => storage.queue.close());
        return portsOf(storage);
      },
      beginCall: () => {
        const before = database.count;
        return () => database.settledSince(before);
      },
    });
    const close = () => {
      for (const each of closers) each();
    };
    try {
      onTestFinished(close);
    } catch {
      // Made for a whole suite: it goes with the process.
      process.once("exit", close);
    }
    return made;
  };
}

function portsOf({ atOnce, keyStore, endpoints, counters, queue }: Storage): ApiPorts {
  const received = new Map<string, HandedCopy>();
  return {
    ...atOnce,
    keyStore,
    endpoints,
    counters,
    queue: {
      ...atOnce.queue,
      receive: (limit) => {
        queue.showDue();
        const copies = Array.from({ length: limit }, () => queue.take()).flatMap((copy) => copy ?? []);
        return copies.map((copy) => {
          const receipt = String(copy.number);
          received.set(receipt, copy);
          return { ...copy.record, receipt };
        });
      },
      delete: (receipt) => {
        const copy = received.get(receipt);
        if (copy) queue.done(copy);
      },
    },
  };
}
