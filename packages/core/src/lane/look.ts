/** Lanes as an operator looks at them: what holds each up, since when, and how many wait. */
import type { Clock } from "../clock.ts";
import type { Message } from "../message/message.ts";
import type { Settings } from "../settings.ts";
import type { MessageStore } from "../store/message-store.ts";
import { blockedSince } from "./advance.ts";
import { judge } from "./judge.ts";
import { LANE_MARKS, type Lane, type LaneKey, laneIdOf } from "./lane.ts";
import type { LanePosition, LaneStore } from "./lane-store.ts";
import { messageIdAt, placeOf } from "./place.ts";
import { isOrdered } from "./turns.ts";

export interface LookDependencies {
  readonly store: Pick<MessageStore, "get">;
  readonly lanes: LaneStore;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "queueDeadlineMs">;
}

export interface LaneView extends LaneKey {
  /** HELD_UP: the same head for longer than the queue deadline. */
  readonly state: "FLOWING" | "HELD_UP" | "BLOCKED";
  readonly head?: Message;
  /** When the head came to be the head; of a blocked lane, when it failed. */
  readonly since?: number;
  /** Behind the head. */
  readonly waiting: number;
  /** There are more than were counted. */
  readonly capped: boolean;
}

/** Counting reads the overflow, 20 messages a segment: beyond this many it stops and says so. */
const MOST_SEGMENTS = 250;

/** Undefined if there is no such lane. @throws StorageError */
export async function lookAtLane(deps: LookDependencies, key: LaneKey): Promise<LaneView | undefined> {
  const lane = await deps.lanes.get(key);
  return lane && viewOf(deps, lane);
}

async function viewOf({ store, lanes, clock, settings }: LookDependencies, lane: Lane): Promise<LaneView> {
  const { senderId, orderingKey, line, movedAt = 0 } = lane;
  const [place] = line;
  const head = place === undefined ? undefined : await store.get(messageIdAt(place));
  const verdict = place === undefined ? "passed" : judge(lane, place, head);
  const segments = lane.overflowing ? await lanes.segments(lane, lane.nextSegment, MOST_SEGMENTS + 1) : [];
  const counted = segments.slice(0, MOST_SEGMENTS);
  const view = {
    senderId,
    orderingKey,
    waiting: Math.max(0, line.length - 1) + counted.reduce((sum, { places }) => sum + places.length, 0),
    capped: segments.length > MOST_SEGMENTS,
  };
  if (head === undefined || verdict === "passed") return { ...view, state: "FLOWING" };
  if (verdict === "blocks") return { ...view, state: "BLOCKED", head, since: blockedSince(head).since };
  const since = Math.max(movedAt, head.createdAt);
  const isHeldUp = clock.now() - since > settings.queueDeadlineMs;
  return { ...view, state: isHeldUp ? "HELD_UP" : "FLOWING", head, since };
}

export interface LanePage {
  readonly lanes: readonly LaneView[];
  /** Where the next page begins; absent at the end. */
  readonly next?: LanePosition;
}

/** Rows read for one page at the most, in steps: the index does not know senders. */
const STEP_ROWS = 100;
const MAX_STEPS = 5;

/** Those that stand still, the longest first. A page may hold fewer than `limit` and still have a `next`. @throws StorageError */
export async function listLanes(
  deps: LookDependencies,
  {
    senderId,
    limit,
    after,
  }: { senderId?: string | undefined; limit: number; after?: LanePosition | undefined },
): Promise<LanePage> {
  const found: LaneView[] = [];
  let position = after;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const query = { states: LANE_MARKS, limit: STEP_ROWS, ...(position ? { after: position } : {}) };
    const rows = await deps.lanes.list(query);
    // A row is a hint: the lane itself decides.
    const read = await deps.lanes.getMany(rows.map(({ laneId }) => laneId));
    const byId = new Map(read.map((lane) => [laneIdOf(lane), lane]));
    for (const row of rows) {
      position = row;
      const lane = byId.get(row.laneId);
      if (lane === undefined || (senderId !== undefined && lane.senderId !== senderId)) continue;
      const view = await viewOf(deps, lane);
      if (view.state !== "FLOWING") found.push(view);
      if (found.length === limit) return { lanes: found, next: row };
    }
    if (rows.length < STEP_ROWS) return { lanes: found };
  }
  return { lanes: found, ...(position ? { next: position } : {}) };
}

export interface WaitsFor {
  /** At the head of the lane: what holds it up. */
  readonly messageId: string;
  /** How many go before it; if `capped`, at least. */
  readonly ahead: number;
  readonly capped?: true;
}

/** What the message waits for, if it waits for its turn behind others. @throws StorageError */
export async function waitsFor(
  { lanes }: Pick<LookDependencies, "lanes">,
  message: Message,
): Promise<WaitsFor | undefined> {
  if (message.status !== "PENDING" || !message.waitsForTurn || !isOrdered(message)) return undefined;
  const lane = await lanes.get(message);
  const [head] = lane?.line ?? [];
  if (lane === undefined || head === undefined) return undefined;
  const messageId = messageIdAt(head);
  const place = placeOf(message);
  let ahead = lane.line.indexOf(place);
  if (ahead === 0) return undefined;
  if (ahead > 0) return { messageId, ahead };
  if (!lane.overflowing) return undefined;
  ahead = lane.line.length;
  for (const { places } of await lanes.segments(message, lane.nextSegment, MOST_SEGMENTS)) {
    const at = places.indexOf(place);
    if (at >= 0) return { messageId, ahead: ahead + at };
    ahead += places.length;
  }
  return { messageId, ahead, capped: true };
}
