/** How many lanes stand still, and for how long the longest: read off the index alone. */
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import { LANE_MARKS } from "./lane.ts";
import type { LaneRow, LaneStore } from "./lane-store.ts";

export interface HeldUp {
  readonly lanes: number;
  /** Of these, whose first message has failed and blocks. */
  readonly blocked: number;
  readonly oldestSeconds: number;
  /** There are more than were counted. */
  readonly capped: boolean;
}

const PAGE = 500;

/** Of all senders, or of one, whose lanes are then read to know which they are. @throws StorageError */
export async function heldUp(
  deps: { readonly lanes: Pick<LaneStore, "list" | "getMany">; readonly clock: Pick<Clock, "now"> },
  most: number,
  senderId?: string,
): Promise<HeldUp> {
  const found: Array<Pick<LaneRow, "state" | "since">> = [];
  let after: LaneRow | undefined;
  let capped = true;
  for (let left = most; left > 0; ) {
    const limit = Math.min(PAGE, left);
    const rows = await deps.lanes.list({ states: LANE_MARKS, limit, ...(after ? { after } : {}) });
    found.push(...(senderId === undefined ? rows : await marksOf(deps.lanes, rows, senderId)));
    left -= rows.length;
    after = rows.at(-1);
    if (rows.length === limit) continue;
    capped = false;
    break;
  }
  const now = deps.clock.now();
  const oldest = found.reduce((earliest, { since }) => Math.min(earliest, since), now);
  return {
    lanes: found.length,
    blocked: found.filter(({ state }) => state === "BLOCKED").length,
    oldestSeconds: Math.floor((now - oldest) / SECOND),
    capped,
  };
}

async function marksOf(lanes: Pick<LaneStore, "getMany">, rows: readonly LaneRow[], senderId: string) {
  const read = await lanes.getMany(rows.map(({ laneId }) => laneId));
  return read.filter((lane) => lane.senderId === senderId).flatMap(({ mark }) => mark ?? []);
}
