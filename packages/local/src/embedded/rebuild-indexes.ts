/// <reference path="./dynalite.d.ts" />
import {
  create,
  getIndexActions,
  type LevelDb,
  type StoredItem,
  type StoredTable,
} from "dynalite/db/index.js";

/**
 * dynalite writes the index rows of an item one by one, and then the item. Killed in between, it leaves rows
 * that point at nothing or at an older state, and items that have lost their row for good, because later writes
 * only touch the rows of attributes that they change. So after a kill all index rows are dropped and made anew
 * from the items, in the store itself, while no server has it open.
 *
 * Its keys: `table~NAME`, `item-NAME~KEY`, `index-global~NAME~INDEX~KEY`.
 */
export async function rebuildIndexes(path: string): Promise<void> {
  const { db } = create({ path });
  await db.open();
  try {
    for await (const table of db.values<StoredTable>(startingWith("table~"))) await rebuildTable(db, table);
  } finally {
    await db.close();
  }
}

async function rebuildTable(db: LevelDb, table: StoredTable): Promise<void> {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  // Killed while it was being created, the table would stay in that state.
  table.TableStatus = "ACTIVE";
  for (const index of indexes) {
    index.IndexStatus = "ACTIVE";
    await db.clear(startingWith(indexPrefix(table, index.IndexName)));
  }
  await db.put(`table~${table.TableName}`, table);

  let rows: { type: "put"; key: string; value: unknown }[] = [];
  for await (const item of db.values<StoredItem>(startingWith(`item-${table.TableName}~`))) {
    for (const row of getIndexActions(indexes, null, item, table).puts) {
      rows.push({ type: "put", key: indexPrefix(table, row.index) + row.key, value: row.item });
    }
    if (rows.length >= ROWS_PER_WRITE) {
      await db.batch(rows);
      rows = [];
    }
  }
  await db.batch(rows);
}

/** Bounds the memory that a rebuild takes. */
const ROWS_PER_WRITE = 1_000;

function indexPrefix(table: StoredTable, indexName: string): string {
  return `index-global~${table.TableName}~${indexName}~`;
}

/** All keys with this prefix, which ends in `~`, the last printable character of ASCII; keys are ASCII. */
function startingWith(prefix: string): { gte: string; lt: string } {
  return { gte: prefix, lt: `${prefix.slice(0, -1)}\x7f` };
}
