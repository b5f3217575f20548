/** What is due in one partition, soonest first. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type IndexReader, readIndexPage } from "./index-page.ts";
import type { Item } from "./message-item.ts";
import { callStorage } from "./storage-failure.ts";

export interface DueItems {
  readonly items: readonly Item[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

/** @throws StorageError */
export async function readDuePage(
  reader: IndexReader,
  partition: AttributeValue,
  until: number,
  limit: number,
  from?: string,
): Promise<DueItems> {
  const range = { index: "due", from: 0, to: until, descending: false } as const;
  const after = from === undefined ? undefined : { key: JSON.parse(from) as Item };
  const { items, end } = await callStorage(() => readIndexPage(reader, range, partition, limit, after));
  return { items, ...(end ? { next: JSON.stringify(end.key) } : {}) };
}
