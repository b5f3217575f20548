/** How a lane, and what has overflowed from it, stand in the table. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Lane, type LaneKey, type LaneMark, laneIdOf, type Segment } from "@homing/core/lane/lane";
import type { Item } from "./message-item.ts";
import { shardKey } from "./message-item.ts";

const PREFIX = "lane#";
const LANE_KEY = "lane";
const SEGMENT_PREFIX = "segment#";
/** Behind every segment's sort key. */
export const AFTER_SEGMENTS = "segment#~";

export function laneKey(key: LaneKey): Item {
  return laneKeyOf(laneIdOf(key));
}

export function laneKeyOf(laneId: string): Item {
  return { pk: { S: PREFIX + laneId }, sk: { S: LANE_KEY } };
}

export function laneIdOfRow(row: Item): string {
  return row.pk?.S?.slice(PREFIX.length) ?? "";
}

export function segmentKey(key: LaneKey, number: number): Item {
  return { pk: { S: PREFIX + laneIdOf(key) }, sk: { S: SEGMENT_PREFIX + String(number).padStart(10, "0") } };
}

/** Lanes have these partitions of the due index to themselves: no backlog of messages hides what moves them. */
export function dueLanesKey(shard: number): AttributeValue {
  return shardKey("LANE", shard);
}

/** … and these of the list index. */
export function markedLanesKey(state: LaneMark["state"], shard: number): AttributeValue {
  return shardKey(`LANE_${state}`, shard);
}

export function markedState({ listKey }: Item): LaneMark["state"] {
  return listKey?.S?.startsWith("LANE_BLOCKED") ? "BLOCKED" : "HELD_UP";
}

export function encodePlaces(places: readonly string[]): AttributeValue {
  return { L: places.map((place) => ({ S: place })) };
}

export function decodeLane(item: Item): Lane {
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  const movedAt = number("movedAt");
  const lastSegment = number("lastSegment");
  const dueAt = number("dueAt");
  const since = number("createdAt");
  const expiresAt = number("expiresAt");
  return {
    senderId: item.senderId?.S ?? "",
    orderingKey: item.orderingKey?.S ?? "",
    line: decodePlaces(item.line),
    passed: number("passed") ?? 0,
    ...(movedAt === undefined ? {} : { movedAt }),
    overflowing: item.overflowing?.BOOL ?? false,
    nextSegment: number("nextSegment") ?? 1,
    ...(lastSegment === undefined ? {} : { lastSegment }),
    visits: number("visits") ?? 0,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(item.listKey === undefined || since === undefined
      ? {}
      : { mark: { state: markedState(item), since } }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt * 1_000 }),
  };
}

export function decodeSegment(item: Item): Segment {
  return {
    number: Number(item.sk?.S?.slice(SEGMENT_PREFIX.length)),
    places: decodePlaces(item.places),
    sealed: item.sealed?.BOOL ?? false,
  };
}

function decodePlaces(value: AttributeValue | undefined): string[] {
  return value?.L?.map(({ S = "" }) => S) ?? [];
}
