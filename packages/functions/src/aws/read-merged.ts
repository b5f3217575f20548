/** A sharded index read as one list, in the order of its range key. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { ListQuery } from "@homing/core/store/message-store";
import { type IndexRange, type IndexReader, type PageEnd, readIndexPage } from "./index-page.ts";
import type { Item } from "./message-item.ts";

/** What to read of each partition, in the list's order. */
interface Reading<Row> extends IndexRange {
  readonly partitions: readonly AttributeValue[];
  readonly toRow: (item: Item) => Row;
  /** Absent: all that lies in these partitions. */
  readonly isListed?: (item: Item) => boolean;
  readonly timeOf: (row: Row) => number;
  /** The list's order: by time, then by id. */
  readonly compare: (a: Row, b: Row) => number;
  readonly after: Row | undefined;
  readonly limit: number;
}

/** What lies behind `after` of a time, from the end at which the list begins. */
export function rangeOf(
  {
    since = 0,
    until = Number.MAX_SAFE_INTEGER,
    oldestFirst,
  }: Pick<ListQuery, "since" | "until" | "oldestFirst">,
  after: { readonly createdAt: number } | undefined,
): Omit<IndexRange, "index"> {
  const last = until - 1;
  return oldestFirst
    ? { from: Math.max(since, after?.createdAt ?? since), to: last, descending: false }
    : { from: since, to: Math.min(last, after?.createdAt ?? last), descending: true };
}

/** At most `limit` rows. */
export async function readMerged<Row>(reader: IndexReader, reading: Reading<Row>): Promise<Row[]> {
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
  reader: IndexReader,
  reading: Reading<Row>,
  partition: AttributeValue,
): Promise<Row[]> {
  const { descending, isListed = () => true, toRow, timeOf, compare, after, limit } = reading;
  let rows: Row[] = [];
  let end: PageEnd | undefined;
  // One more than wanted tells whether rows of the same millisecond follow.
  let pageRows = limit + 1;
  do {
    const page = await readIndexPage(reader, reading, partition, pageRows, end);
    const read = page.items.filter(isListed).map(toRow);
    const behind = read.filter((row) => after === undefined || compare(after, row) < 0);
    rows = [...rows, ...behind].sort(compare).slice(0, limit);
    end = page.end;
    pageRows *= PAGE_GROWTH;
  } while (end && !isComplete(end.time));
  return rows;

  /** Enough rows, and the read has gone past the time of the last one wanted. */
  function isComplete(readUntil: number): boolean {
    const last = rows[limit - 1];
    if (last === undefined) return false;
    return descending ? readUntil < timeOf(last) : readUntil > timeOf(last);
  }
}
