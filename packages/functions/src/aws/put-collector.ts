/** Unconditional puts that are asked for at the same time, as one request for up to 25 of them. */
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import pRetry from "p-retry";
import type { Item } from "./message-item.ts";
import { storageFailure } from "./storage-failure.ts";

/** DynamoDB's limit of one BatchWriteItem. */
const BATCH_WRITE_ITEMS = 25;

class ItemsLeftOut extends Error {}

interface WaitingPut {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts of the same turn of the event loop travel together: a batch of messages costs a request for 25 payloads
 * instead of one for each. They cost the same units, and each is answered on its own.
 */
export class PutCollector {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  #waiting: WaitingPut[] = [];

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** Resolves once the item is stored. @throws what the SDK threw for its request. */
  put(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#send());
      this.#waiting.push({ item, resolve, reject });
    });
  }

  #send(): void {
    const puts = this.#waiting;
    this.#waiting = [];
    for (const batch of batches(puts)) void this.#write(batch);
  }

  async #write(puts: readonly WaitingPut[]): Promise<void> {
    if (puts.length === 1) return this.#writeAlone(puts);
    try {
      await this.#writeBatch(puts.map(({ item }) => item));
    } catch (error) {
      // Refused as a whole, which one bad item is enough for: each is to be judged by itself. What was left out, too.
      if (error instanceof ItemsLeftOut || !storageFailure(error).retryable) return this.#writeAlone(puts);
      for (const { reject } of puts) reject(error);
      return;
    }
    for (const { resolve } of puts) resolve();
  }

  async #writeAlone(puts: readonly WaitingPut[]): Promise<void> {
    const put = ({ item }: WaitingPut) =>
      this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item: item }));
    await Promise.all(puts.map((one) => put(one).then(one.resolve, one.reject)));
  }

  async #writeBatch(items: readonly Item[]): Promise<void> {
    let left: WriteRequest[] = items.map((Item) => ({ PutRequest: { Item } }));
    const tryOnce = async () => {
      const { UnprocessedItems = {} } = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: left } }),
      );
      left = UnprocessedItems[this.#tableName] ?? [];
      if (left.length > 0) throw new ItemsLeftOut("BatchWriteItem left items unprocessed");
    };
    const shouldRetry = ({ error }: { error: Error }) => error instanceof ItemsLeftOut;
    await pRetry(tryOnce, { retries: 10, minTimeout: 20, maxTimeout: 1_000, randomize: true, shouldRetry });
  }
}

/** DynamoDB refuses a batch that names one key twice. */
function batches(puts: readonly WaitingPut[]): WaitingPut[][] {
  const result: Array<{ readonly puts: WaitingPut[]; readonly keys: Set<string> }> = [];
  for (const put of puts) {
    const key = `${put.item.pk?.S} ${put.item.sk?.S}`;
    const open = result.find((batch) => batch.puts.length < BATCH_WRITE_ITEMS && !batch.keys.has(key));
    if (open) {
      open.puts.push(put);
      open.keys.add(key);
    } else {
      result.push({ puts: [put], keys: new Set([key]) });
    }
  }
  return result.map((batch) => batch.puts);
}
