/** A page of one partition of a sharded index: all lists of the table are read by these. */
import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { type IndexName, tableDefinition } from "@homing/core/store/table-definition";
import { type Item, shardKey } from "./message-item.ts";

export interface IndexReader {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly shards: number;
}

/** What to read of each partition: the times from one to another, both included, from one end or the other. */
export interface IndexRange {
  readonly index: IndexName;
  readonly from: number;
  readonly to: number;
  readonly descending: boolean;
}

export interface IndexPage {
  readonly items: readonly Item[];
  /** Where it ended; absent at the end of the range. */
  readonly end?: PageEnd;
}

export interface PageEnd {
  readonly key: Item;
  /** Of the last item. More of the same time may follow: DynamoDB does not say how it orders those. */
  readonly time: number;
}

/** The next `limit` items behind where a page ended. */
export async function readIndexPage(
  { client, tableName }: IndexReader,
  { index, from, to, descending }: IndexRange,
  partition: AttributeValue,
  limit: number,
  after?: Pick<PageEnd, "key">,
): Promise<IndexPage> {
  const { hashKey, rangeKey } = tableDefinition.indexes[index];
  const { Items = [], LastEvaluatedKey: key } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: index,
      KeyConditionExpression: `${hashKey} = :partition AND ${rangeKey} BETWEEN :from AND :to`,
      ExpressionAttributeValues: {
        ":partition": partition,
        ":from": { N: String(from) },
        ":to": { N: String(to) },
      },
      ScanIndexForward: !descending,
      Limit: limit,
      ...(after ? { ExclusiveStartKey: after.key } : {}),
    }),
  );
  return { items: Items, ...(key ? { end: { key, time: Number(key[rangeKey]?.N) } } : {}) };
}

/** The partitions of these groups. */
export function partitionsOf(reader: IndexReader, groups: readonly string[]): AttributeValue[] {
  return shardsOf(reader).flatMap((shard) => groups.map((group) => shardKey(group, shard)));
}

export function shardsOf({ shards }: IndexReader): number[] {
  return Array.from({ length: shards }, (_, shard) => shard);
}
