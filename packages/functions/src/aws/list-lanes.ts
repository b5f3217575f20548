/** The list of lanes that stand still, from their index. */
import { type LaneListQuery, type LaneRow, longestFirst } from "@homing/core/lane/lane-store";
import { type IndexReader, shardsOf } from "./index-page.ts";
import { laneIdOfRow, markedLanesKey, markedState } from "./lane-item.ts";
import { readMerged } from "./read-merged.ts";

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
