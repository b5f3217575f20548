/** Lists of events, from the indexes. */
import {
  type EventListQuery,
  type EventRow,
  newestEventFirst,
  oldestEventFirst,
} from "@homing/core/event/event-store";
import { EVENT_GROUP, eventsOf, UNMATCHED_GROUP } from "./event-item.ts";
import { type IndexReader, partitionsOf } from "./index-page.ts";
import { rangeOf, readMerged } from "./read-merged.ts";

/** Events, at most `limit` rows, merged from every shard. */
export async function listEventRows(
  reader: IndexReader,
  { senderId, unmatched, after, limit, ...query }: EventListQuery,
): Promise<EventRow[]> {
  const groups = unmatched ? [UNMATCHED_GROUP] : [EVENT_GROUP, UNMATCHED_GROUP];
  const prefixes = senderId === undefined ? groups : [eventsOf(senderId)];
  return readMerged<EventRow>(reader, {
    index: senderId === undefined ? "list" : "sender",
    partitions: partitionsOf(reader, prefixes),
    ...rangeOf(query, after),
    toRow: (item) => ({ eventId: item.pk?.S ?? "", createdAt: Number(item.createdAt?.N) }),
    timeOf: ({ createdAt }) => createdAt,
    compare: query.oldestFirst ? oldestEventFirst : newestEventFirst,
    after,
    limit,
  });
}
