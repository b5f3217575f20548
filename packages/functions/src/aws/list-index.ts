/** Reading the sharded list and sender indexes as one list, newest first. */
import { type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { newestFirst } from "@homing/core/message/newest-first";
import type { IndexRow, ListQuery } from "@homing/core/store/message-store";
import { SHARDS } from "@homing/core/store/table-definition";
import { type Item, shardKey } from "./message-item.ts";

/** At most `limit` rows, merged from every shard. */
export async function listRows(
  client: DynamoDBClient,
  tableName: string,
  query: ListQuery,
): Promise<IndexRow[]> {
  const prefixes = query.senderId === undefined ? query.groups : [query.senderId];
  const partitions = prefixes.flatMap((prefix) =>
    Array.from({ length: SHARDS }, (_, shard) => shardKey(prefix, shard)),
  );
  const parts = await Promise.all(
    partitions.map((partition) => readPartition(client, tableName, partition, query)),
  );
  return parts.flat().sort(newestFirst).slice(0, query.limit);
}

/**
 * The first `limit` rows of one partition behind the position. DynamoDB does not say how it orders rows of the
 * same millisecond, and the list's order needs them by id: so it reads until all rows as old as the last one
 * wanted have been seen.
 */
async function readPartition(
  client: DynamoDBClient,
  tableName: string,
  partition: string,
  query: ListQuery,
): Promise<IndexRow[]> {
  const { senderId, since = 0, until = Number.MAX_SAFE_INTEGER, after, limit } = query;
  const [index, hashKey] = senderId === undefined ? ["list", "listKey"] : ["sender", "senderKey"];
  const newest = Math.min(until - 1, after?.createdAt ?? until);
  if (newest < since) return [];
  const rows: IndexRow[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: `${hashKey} = :partition AND createdAt BETWEEN :since AND :newest`,
        ExpressionAttributeValues: {
          ":partition": { S: partition },
          ":since": { N: String(since) },
          ":newest": { N: String(newest) },
        },
        ScanIndexForward: false,
        // One more than wanted tells whether rows of the same millisecond follow.
        Limit: limit + 1,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    const read = (page.Items ?? []).map((row) => ({
      messageId: row.pk?.S ?? "",
      createdAt: Number(row.createdAt?.N),
    }));
    rows.push(...read.filter((row) => after === undefined || newestFirst(after, row) < 0));
    start = page.LastEvaluatedKey;
  } while (start && !isComplete(rows, limit, Number(start.createdAt?.N)));
  return rows.sort(newestFirst).slice(0, limit);
}

/** Enough rows, and the read has gone past the time of the last one wanted. */
function isComplete(rows: readonly IndexRow[], limit: number, readUntil: number): boolean {
  const last = rows[limit - 1];
  return last !== undefined && readUntil < last.createdAt;
}
