/** Reading a sharded index as one list, in the order of its range key. */
import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import {
  type EndpointListQuery,
  type EndpointPlace,
  newestEndpointFirst,
} from "@homing/core/endpoint/endpoint-store";
import {
  type EventListQuery,
  type EventRow,
  newestEventFirst,
  oldestEventFirst,
} from "@homing/core/event/event-store";
import { type LaneListQuery, type LaneRow, longestFirst } from "@homing/core/lane/lane-store";
import { heldOf, partitionsOfFailed, throttledOf } from "@homing/core/message/message";
import { newestFirst, oldestFirst, soonestDueFirst } from "@homing/core/message/order";
import type { DueQuery, DueRow, IndexRow, ListQuery } from "@homing/core/store/message-store";
import { type IndexName, tableDefinition } from "@homing/core/store/table-definition";
import { ENDPOINT_GROUP, endpointOfRow, FAILING_GROUP } from "./endpoint-item.ts";
import { EVENT_GROUP, eventsOf, UNMATCHED_GROUP } from "./event-item.ts";
import { laneIdOfRow, markedLanesKey, markedState } from "./lane-item.ts";
import { dueShardKey, type Item, MESSAGE_KEY, shardKey } from "./message-item.ts";

export interface IndexReader {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly shards: number;
}

/** What to read of each partition: a range of times, in the list's order. */
interface Reading<Row> {
  readonly index: IndexName;
  readonly partitions: readonly AttributeValue[];
  readonly from: number;
  readonly to: number;
  readonly descending: boolean;
  readonly toRow: (item: Item) => Row;
  /** Absent: all that lies in these partitions. */
  readonly isListed?: (item: Item) => boolean;
  readonly timeOf: (row: Row) => number;
  /** The list's order: by time, then by id. */
  readonly compare: (a: Row, b: Row) => number;
  readonly after: Row | undefined;
  readonly limit: number;
}

/** At most `limit` rows, merged from every shard. */
export async function listRows(reader: IndexReader, query: ListQuery): Promise<IndexRow[]> {
  const { after, limit } = query;
  const { index, prefixes } = placeOf(query);
  return readMerged(reader, {
    index,
    partitions: shardsOf(reader).flatMap((shard) => prefixes.map((prefix) => shardKey(prefix, shard))),
    ...rangeOf(query, after),
    toRow: toIndexRow,
    timeOf: ({ createdAt }) => createdAt,
    compare: query.oldestFirst ? oldestFirst : newestFirst,
    after,
    limit,
  });
}

/** What lies behind `after` of a time, from the end at which the list begins. */
function rangeOf(
  {
    since = 0,
    until = Number.MAX_SAFE_INTEGER,
    oldestFirst,
  }: Pick<ListQuery, "since" | "until" | "oldestFirst">,
  after: { readonly createdAt: number } | undefined,
): Pick<Reading<unknown>, "from" | "to" | "descending"> {
  const last = until - 1;
  return oldestFirst
    ? { from: Math.max(since, after?.createdAt ?? since), to: last, descending: false }
    : { from: since, to: Math.min(last, after?.createdAt ?? last), descending: true };
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
    partitions: shardsOf(reader).flatMap((shard) => prefixes.map((prefix) => shardKey(prefix, shard))),
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
    shardsOf(reader).map((shard) =>
      countPartition(reader, "attention", shardKey(heldOf(endpointId), shard), most),
    ),
  );
  return Math.min(
    most,
    counts.reduce((sum, one) => sum + one, 0),
  );
}

async function countPartition(
  { client, tableName }: IndexReader,
  index: IndexName,
  partition: AttributeValue,
  most: number,
): Promise<number> {
  let count = 0;
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: `${tableDefinition.indexes[index].hashKey} = :partition`,
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

export function toIndexRow(item: Item): IndexRow {
  return { messageId: item.pk?.S ?? "", createdAt: Number(item.createdAt?.N) };
}

type EndpointRow = Pick<Endpoint, "senderId" | "endpointId" | "createdAt">;

/** Endpoints of all senders, newest first, at most `limit` rows, merged from every shard. */
export async function listEndpointRows(
  reader: IndexReader,
  { attention, after, limit }: EndpointListQuery,
): Promise<EndpointRow[]> {
  const groups = attention ? [ENDPOINT_GROUP, FAILING_GROUP] : [ENDPOINT_GROUP];
  return readEndpointRows(reader, attention ? "attention" : "list", groups, limit, after);
}

/** Endpoints that fail, at most `limit` rows. */
export async function listFailingRows(reader: IndexReader, limit: number): Promise<EndpointRow[]> {
  return readEndpointRows(reader, "attention", [FAILING_GROUP], limit);
}

function readEndpointRows(
  reader: IndexReader,
  index: IndexName,
  groups: readonly string[],
  limit: number,
  after?: EndpointPlace,
): Promise<EndpointRow[]> {
  return readMerged<EndpointRow>(reader, {
    index,
    partitions: shardsOf(reader).flatMap((shard) => groups.map((group) => shardKey(group, shard))),
    from: 0,
    to: after?.createdAt ?? Number.MAX_SAFE_INTEGER,
    descending: true,
    toRow: (item) => ({ ...endpointOfRow(item), createdAt: Number(item.createdAt?.N) }),
    timeOf: ({ createdAt }) => createdAt,
    compare: newestEndpointFirst,
    after: after && { senderId: "", ...after },
    limit,
  });
}

/** Events, at most `limit` rows, merged from every shard. */
export async function listEventRows(
  reader: IndexReader,
  { senderId, unmatched, after, limit, ...query }: EventListQuery,
): Promise<EventRow[]> {
  const groups = unmatched ? [UNMATCHED_GROUP] : [EVENT_GROUP, UNMATCHED_GROUP];
  const prefixes = senderId === undefined ? groups : [eventsOf(senderId)];
  return readMerged<EventRow>(reader, {
    index: senderId === undefined ? "list" : "sender",
    partitions: shardsOf(reader).flatMap((shard) => prefixes.map((prefix) => shardKey(prefix, shard))),
    ...rangeOf(query, after),
    toRow: (item) => ({ eventId: item.pk?.S ?? "", createdAt: Number(item.createdAt?.N) }),
    timeOf: ({ createdAt }) => createdAt,
    compare: query.oldestFirst ? oldestEventFirst : newestEventFirst,
    after,
    limit,
  });
}

/** Lanes that stand still, the longest first, at most `limit` rows, merged from every shard. */
export async function listLaneRows(
  reader: IndexReader,
  { states, after, limit }: LaneListQuery,
): Promise<LaneRow[]> {
  return readMerged<LaneRow>(reader, {
    index: "list",
    partitions: shardsOf(reader).flatMap((shard) => states.map((state) => markedLanesKey(state, shard))),
    from: after?.since ?? 0,
    to: Number.MAX_SAFE_INTEGER,
    descending: false,
    toRow: (item) => ({
      laneId: laneIdOfRow(item),
      since: Number(item.createdAt?.N),
      state: markedState(item),
    }),
    timeOf: ({ since }) => since,
    compare: longestFirst,
    after: after && { state: "HELD_UP", ...after },
    limit,
  });
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

export function shardsOf({ shards }: IndexReader): number[] {
  return Array.from({ length: shards }, (_, shard) => shard);
}

async function readMerged<Row>(reader: IndexReader, reading: Reading<Row>): Promise<Row[]> {
  if (reading.to < reading.from) return [];
  const parts = await Promise.all(
    reading.partitions.map((partition) => readPartition(reader, reading, partition)),
  );
  return parts.flat().sort(reading.compare).slice(0, reading.limit);
}

/** Each page reads so many times the rows of the one before: most often one is enough, and few ever follow each other. */
const PAGE_GROWTH = 4;

/**
 * The first `limit` rows of one partition behind the position. DynamoDB does not say how it orders rows of the
 * same millisecond, and the list's order needs them by id: so it reads until all rows as old as the last one
 * wanted have been seen. Those may be as many as somebody has scheduled for nine o'clock.
 */
async function readPartition<Row>(
  { client, tableName }: IndexReader,
  { index, from, to, descending, isListed = () => true, toRow, timeOf, compare, after, limit }: Reading<Row>,
  partition: AttributeValue,
): Promise<Row[]> {
  const { hashKey, rangeKey } = tableDefinition.indexes[index];
  let rows: Row[] = [];
  let start: Item | undefined;
  // One more than wanted tells whether rows of the same millisecond follow.
  let pageRows = limit + 1;
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
        ScanIndexForward: !descending,
        Limit: pageRows,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    const read = (page.Items ?? []).filter(isListed).map(toRow);
    const behind = read.filter((row) => after === undefined || compare(after, row) < 0);
    rows = [...rows, ...behind].sort(compare).slice(0, limit);
    start = page.LastEvaluatedKey;
    pageRows *= PAGE_GROWTH;
  } while (start && !isComplete(Number(start[rangeKey]?.N)));
  return rows;

  /** Enough rows, and the read has gone past the time of the last one wanted. */
  function isComplete(readUntil: number): boolean {
    const last = rows[limit - 1];
    if (last === undefined) return false;
    return descending ? readUntil < timeOf(last) : readUntil > timeOf(last);
  }
}
