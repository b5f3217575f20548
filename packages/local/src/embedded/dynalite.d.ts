/** The parts of dynalite 4 that the local stack uses; the package brings no types of its own. */

declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** Folder of the LevelDB store; absent: in memory. */
    path?: string;
    /** How long a table stays in CREATING, in milliseconds. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  /** An HTTP server that is not listening yet; its `close` closes the store too. */
  function dynalite(options?: DynaliteOptions): Server;
  export = dynalite;
}

/** dynalite's storage layer, which opens the same LevelDB store without a server. */
declare module "dynalite/db/index.js" {
  interface StoredTable {
    TableName: string;
    TableStatus: string;
    GlobalSecondaryIndexes?: { IndexName: string; IndexStatus: string }[];
  }

  type StoredItem = Record<string, unknown>;

  interface KeyRange {
    gte: string;
    lt: string;
  }

  interface LevelDb {
    open(): Promise<void>;
    close(): Promise<void>;
    put(key: string, value: unknown): Promise<void>;
    del(key: string): Promise<void>;
    batch(operations: { type: "put"; key: string; value: unknown }[]): Promise<void>;
    clear(range: KeyRange): Promise<void>;
    keys(range: KeyRange): AsyncIterable<string>;
    values<T>(range: KeyRange): AsyncIterable<T>;
  }

  export function create(options: { path: string }): { db: LevelDb };

  /** The index rows that belong to `item`: for each index that it is in, the row's key and content. */
  export function getIndexActions(
    indexes: StoredTable["GlobalSecondaryIndexes"],
    existingItem: null,
    item: StoredItem,
    table: StoredTable,
  ): { puts: { index: string; key: string; item: StoredItem }[] };
}
