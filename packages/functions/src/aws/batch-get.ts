/** Many items by their keys, as one answer. */
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type KeysAndAttributes,
} from "@aws-sdk/client-dynamodb";
import { StorageError } from "@homing/core/store/message-store";
import pRetry from "p-retry";
import { isReadable } from "./item-format.ts";
import { type Item, isExpired } from "./message-item.ts";
import { storageFailure } from "./storage-failure.ts";
import type { Table } from "./table.ts";

/** DynamoDB's limit of one BatchGetItem. */
const BATCH_GET_KEYS = 100;

class KeysLeftOut extends Error {}

/** The items that exist and that this version can read, in no particular order. @throws StorageError */
export async function batchGet(
  table: Table,
  keys: readonly Item[],
  options: Omit<KeysAndAttributes, "Keys">,
): Promise<Item[]> {
  const chunks: Item[][] = [];
  for (let at = 0; at < keys.length; at += BATCH_GET_KEYS) chunks.push(keys.slice(at, at + BATCH_GET_KEYS));
  const pages = await Promise.all(chunks.map((chunk) => batchGetChunk(table, chunk, options)));
  // What only a newer version can read is for that version to list, and to push on.
  return pages.flat().filter((item) => isReadable(item) && !isExpired(item, table.clock.now()));
}

/** Asks again for what DynamoDB left out: it answers at most 16 MB, and less when it throttles. */
async function batchGetChunk(
  table: Table,
  keys: readonly Item[],
  options: Omit<KeysAndAttributes, "Keys">,
): Promise<Item[]> {
  const items: Item[] = [];
  let request: BatchGetItemCommandInput["RequestItems"] = {
    [table.tableName]: { ...options, Keys: [...keys] },
  };
  const ask = async () => {
    const { Responses, UnprocessedKeys = {} } = await table.client.send(
      new BatchGetItemCommand({ RequestItems: request }),
    );
    items.push(...(Responses?.[table.tableName] ?? []));
    request = UnprocessedKeys;
    if (Object.keys(UnprocessedKeys).length > 0) throw new KeysLeftOut("BatchGetItem left keys unprocessed");
  };
  const shouldRetry = ({ error }: { error: Error }) => error instanceof KeysLeftOut;
  try {
    await pRetry(ask, { retries: 10, minTimeout: 20, maxTimeout: 1_000, randomize: true, shouldRetry });
  } catch (thrown) {
    const error = storageFailure(thrown);
    if (!isInvalid(error) || keys.length === 1) throw error;
    // One bad key has all of them refused: they are read in halves until it stands alone.
    const middle = keys.length >> 1;
    return itemsOf(
      await Promise.allSettled([
        batchGetChunk(table, keys.slice(0, middle), options),
        batchGetChunk(table, keys.slice(middle), options),
      ]),
    );
  }
  return items;
}

function isInvalid(error: unknown): boolean {
  return error instanceof StorageError && (error.cause as Error | undefined)?.name === "ValidationException";
}

/** A key that DynamoDB will not hear of leads to no item, unless it hears of none: then the fault is not the keys'. */
function itemsOf(halves: ReadonlyArray<PromiseSettledResult<Item[]>>): Item[] {
  const rejected = halves.filter((half) => half.status === "rejected");
  const grave = rejected.find(({ reason }) => !isInvalid(reason));
  if (grave) throw grave.reason;
  if (rejected.length === halves.length) throw rejected[0]?.reason;
  return halves.flatMap((half) => (half.status === "fulfilled" ? half.value : []));
}
