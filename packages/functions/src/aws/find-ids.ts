/**
 * Ids with a part that somebody knows. No index is ordered by them: the rows of the lists hold them, in order of time, and
 * are read without their items, some hundred bytes each.
 */
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { hasPart, LAST_MESSAGE_ID } from "@homing/core/message/id-part";
import { LIST_GROUPS } from "@homing/core/message/message";
import { newestFirst } from "@homing/core/message/order";
import type { IdPage, IdQuery, IndexRow } from "@homing/core/store/message-store";
import { type IndexName, tableDefinition } from "@homing/core/store/table-definition";
import { type IndexReader, shardsOf, toIndexRow } from "./list-index.ts";
import { type Item, shardKey } from "./message-item.ts";

/** Of all partitions together: 1.2 MB, 150 read units. */
const LOOKED_ROWS = 10_000;

interface Reading {
  readonly index: IndexName;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

interface Look {
  readonly rows: readonly IndexRow[];
  /** All that is newer has been read; absent at the partition's end. */
  readonly end?: number;
}

/** Each partition is read equally far in rows; what counts is the time to which all of them have been read. */
export async function findIdRows(
  reader: IndexReader,
  { part, senderId, since = 0, until = Number.MAX_SAFE_INTEGER, after }: IdQuery,
  lookedRows = LOOKED_ROWS,
): Promise<IdPage> {
  const prefixes = senderId === undefined ? LIST_GROUPS : [senderId];
  const partitions = prefixes.flatMap((prefix) => shardsOf(reader).map((shard) => shardKey(prefix, shard)));
  const reading: Reading = {
    index: senderId === undefined ? "list" : "sender",
    from: since,
    to: Math.min(until - 1, after?.createdAt ?? until),
    limit: Math.ceil(lookedRows / partitions.length),
  };
  if (reading.to < reading.from) return { rows: [] };
  const looks = await Promise.all(partitions.map((partition) => look(reader, reading, partition)));
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
  { client, tableName }: IndexReader,
  { index, from, to, limit }: Reading,
  partition: ReturnType<typeof shardKey>,
): Promise<Look> {
  const { hashKey, rangeKey } = tableDefinition.indexes[index];
  const rows: IndexRow[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: `${hashKey} = :partition AND ${rangeKey} BETWEEN :from AND :to`,
        ExpressionAttributeValues: {
          ":partition": partition,
          ":from": { N: String(from) },
          ":to": { N: String(to) },
        },
        ScanIndexForward: false,
        Limit: limit,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    rows.push(...(page.Items ?? []).map(toIndexRow));
    start = page.LastEvaluatedKey;
  } while (start && Number(start[rangeKey]?.N) >= to);
  return { rows, ...(start ? { end: Number(start[rangeKey]?.N) } : {}) };
}
