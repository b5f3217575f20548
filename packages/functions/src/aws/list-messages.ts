/** Lists of messages, from the indexes. */
import { type AttributeValue, QueryCommand } from "@aws-sdk/client-dynamodb";
import { heldOf, partitionsOfFailed, throttledOf } from "@homing/core/message/message";
import { newestFirst, oldestFirst, soonestDueFirst } from "@homing/core/message/order";
import type { DueQuery, DueRow, IndexRow, ListQuery } from "@homing/core/store/message-store";
import { type IndexName, tableDefinition } from "@homing/core/store/table-definition";
import { type IndexReader, partitionsOf, shardsOf } from "./index-page.ts";
import { dueShardKey, type Item, MESSAGE_KEY } from "./message-item.ts";
import { rangeOf, readMerged } from "./read-merged.ts";

/** At most `limit` rows, merged from every shard. */
export async function listRows(reader: IndexReader, query: ListQuery): Promise<IndexRow[]> {
  const { after, limit } = query;
  const { index, prefixes } = placeOf(query);
  return readMerged(reader, {
    index,
    partitions: partitionsOf(reader, prefixes),
    ...rangeOf(query, after),
    toRow: toIndexRow,
    timeOf: ({ createdAt }) => createdAt,
    compare: query.oldestFirst ? oldestFirst : newestFirst,
    after,
    limit,
  });
}

/** Soonest due first, at most `limit` rows, merged from every shard. */
export async function listDueRows(reader: IndexReader, { after, limit }: DueQuery): Promise<DueRow[]> {
  return readMerged(reader, {
    index: "due",
    partitions: shardsOf(reader).map(dueShardKey),
    from: after?.dueAt ?? 0,
    to: Number.MAX_SAFE_INTEGER,
    descending: false,
    // Events wait in the same partitions: a cursor could not stand on one, nor a count hold it.
    isListed: (item) => item.sk?.S === MESSAGE_KEY,
    toRow: (item) => ({ messageId: item.pk?.S ?? "", dueAt: Number(item.dueAt?.N) }),
    timeOf: ({ dueAt }) => dueAt,
    compare: soonestDueFirst,
    after,
    limit,
  });
}

/** What is held for one endpoint, or was throttled in these rounds, oldest first, merged from every shard. */
export async function listHeldRows(
  reader: IndexReader,
  endpointId: string,
  limit: number,
  after: IndexRow | undefined,
  rounds: readonly number[],
): Promise<IndexRow[]> {
  const prefixes = [heldOf(endpointId), ...rounds.map((round) => throttledOf(endpointId, round))];
  return readMerged(reader, {
    index: "attention",
    partitions: partitionsOf(reader, prefixes),
    from: after?.createdAt ?? 0,
    to: Number.MAX_SAFE_INTEGER,
    descending: false,
    toRow: toIndexRow,
    timeOf: ({ createdAt }) => createdAt,
    compare: oldestFirst,
    after,
    limit,
  });
}

/** At most `most`. */
export async function countHeldRows(reader: IndexReader, endpointId: string, most: number): Promise<number> {
  const counts = await Promise.all(
    partitionsOf(reader, [heldOf(endpointId)]).map((partition) => countPartition(reader, partition, most)),
  );
  return Math.min(
    most,
    counts.reduce((sum, one) => sum + one, 0),
  );
}

async function countPartition(
  { client, tableName }: IndexReader,
  partition: AttributeValue,
  most: number,
): Promise<number> {
  let count = 0;
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: "attention",
        KeyConditionExpression: `${tableDefinition.indexes.attention.hashKey} = :partition`,
        ExpressionAttributeValues: { ":partition": partition },
        Select: "COUNT",
        Limit: most - count,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    count += page.Count ?? 0;
    start = page.LastEvaluatedKey;
  } while (start && count < most);
  return count;
}

function placeOf({ endpointId, senderId, failed, resolved, groups }: ListQuery): {
  readonly index: IndexName;
  readonly prefixes: readonly string[];
} {
  if (endpointId !== undefined) return { index: "endpoint", prefixes: [endpointId] };
  if (senderId === undefined) return { index: "list", prefixes: groups };
  if (failed) return { index: "attention", prefixes: partitionsOfFailed(senderId, resolved) };
  return { index: "sender", prefixes: [senderId] };
}

export function toIndexRow(item: Item): IndexRow {
  return { messageId: item.pk?.S ?? "", createdAt: Number(item.createdAt?.N) };
}
