/**
 * Ids with a part that somebody knows. No index is ordered by them: the rows of the lists hold them, in order of time, and
 * are read without their items, some hundred bytes each.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { hasPart, LAST_MESSAGE_ID } from "@homing/core/id-part";
import { LIST_GROUPS } from "@homing/core/message/message";
import { newestFirst } from "@homing/core/message/order";
import type { IdPage, IdQuery, IndexRow } from "@homing/core/store/message-store";
import {
  type IndexRange,
  type IndexReader,
  type PageEnd,
  partitionsOf,
  readIndexPage,
} from "./index-page.ts";
import { toIndexRow } from "./list-messages.ts";
import { rangeOf } from "./read-merged.ts";

/** Of all partitions together: 1.2 MB, 150 read units. */
const LOOKED_ROWS = 10_000;

interface Look {
  readonly rows: readonly IndexRow[];
  /** All that is newer has been read; absent at the partition's end. */
  readonly end?: number;
}

/** Each partition is read equally far in rows; what counts is the time to which all of them have been read. */
export async function findIdRows(
  reader: IndexReader,
  query: IdQuery,
  lookedRows = LOOKED_ROWS,
): Promise<IdPage> {
  const { part, senderId, after } = query;
  const index = senderId === undefined ? "list" : "sender";
  const partitions = partitionsOf(reader, senderId === undefined ? LIST_GROUPS : [senderId]);
  const range = { index, ...rangeOf(query, query.after) } as const;
  if (range.to < range.from) return { rows: [] };
  const limit = Math.ceil(lookedRows / partitions.length);
  const looks = await Promise.all(partitions.map((partition) => look(reader, range, limit, partition)));
  const end = Math.max(...looks.map((one) => one.end ?? -1));
  const rows = looks
    .flatMap((one) => one.rows)
    .filter((row) => row.createdAt > end && (after === undefined || newestFirst(after, row) < 0))
    .filter(({ messageId }) => hasPart(messageId, part))
    .sort(newestFirst);
  return { rows, ...(end < 0 ? {} : { next: { createdAt: end, messageId: LAST_MESSAGE_ID } }) };
}

/** Newest first, further than all rows of the newest time: so every look goes on. */
async function look(
  reader: IndexReader,
  range: IndexRange,
  limit: number,
  partition: AttributeValue,
): Promise<Look> {
  const rows: IndexRow[] = [];
  let end: PageEnd | undefined;
  do {
    const page = await readIndexPage(reader, range, partition, limit, end);
    rows.push(...page.items.map(toIndexRow));
    end = page.end;
  } while (end && end.time >= range.to);
  return { rows, ...(end ? { end: end.time } : {}) };
}
