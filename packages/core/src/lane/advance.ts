/**
 * Advancing a lane: whoever finishes a message passes its place and releases the next. Best effort: a crash anywhere
 * leaves a lane with a `dueAt`, or one in which nobody waits.
 */
import type { Message } from "../message/message.ts";
import { enqueue } from "../send/enqueue.ts";
import {
  type Advancing,
  findHead,
  type Head,
  hasTime,
  type LaneDependencies,
  pass,
  releaseOf,
} from "./head.ts";
import { judge } from "./judge.ts";
import { type Lane, type LaneKey, type LaneMark, laneIdOf } from "./lane.ts";
import type { LaneStore } from "./lane-store.ts";
import { placeOf } from "./place.ts";
import { isOrdered } from "./turns.ts";

/** After a write that may have finished the message. Answers false if it could not be done, and never throws. */
export async function advanceBehind(
  deps: LaneDependencies,
  message: Message,
  advancing: Advancing,
): Promise<boolean> {
  if (!isOrdered(message)) return true;
  const place = placeOf(message);
  try {
    switch (judge(message, place, message)) {
      case "passed": {
        const lane = await pass(deps, message, place, advancing);
        return lane === undefined || (await advance(deps, lane, advancing));
      }
      case "blocks":
        await markBlocked(deps, message, place, message);
        return true;
      default:
        return true;
    }
  } catch (error) {
    report(deps, message, advancing, error);
    return false;
  }
}

/** From a view of the lane on. Answers whether it was moved as far as it can be. @throws StorageError */
export async function advance(deps: LaneDependencies, lane: Lane, advancing: Advancing): Promise<boolean> {
  const head = await findHead(deps, lane, advancing);
  switch (head.kind) {
    case "waits":
      return (await enqueue(deps, releaseOf(head, advancing.correlationId))).outcome !== "unmarked";
    case "blocks":
      await markHead(deps, head);
      return true;
    case "unfinished":
      return hasTime(deps) && nudge(deps, head.lane);
    default:
      return true;
  }
}

/** So that somebody else goes on soon, who may send or has more time. @throws StorageError */
export async function nudge(
  { lanes, clock }: Pick<LaneDependencies, "lanes" | "clock">,
  lane: Lane,
): Promise<boolean> {
  const [place] = lane.line;
  return place === undefined || (await lanes.nudge(lane, place, clock.now())).applied;
}

/** The head blocks the lane: somebody has to decide, and finds it in a list. */
export async function markHead(
  deps: Pick<LaneDependencies, "lanes">,
  { lane, place, message }: Extract<Head, { kind: "blocks" }>,
): Promise<void> {
  if (lane.mark?.state !== "BLOCKED") await markBlocked(deps, lane, place, message);
}

export function blockedSince({ finishedAt, updatedAt }: Message): LaneMark {
  return { state: "BLOCKED", since: finishedAt ?? updatedAt };
}

async function markBlocked(
  { lanes }: { readonly lanes: Pick<LaneStore, "mark"> },
  key: LaneKey,
  place: string,
  message: Message,
): Promise<void> {
  // The lane is kept as long as what blocks it, or somebody who came later would go ahead of it.
  await lanes.mark(key, place, blockedSince(message), message.expiresAt);
}

/** As `advanceBehind`, for whoever may not send, or not now: the reconciler finds the lane due. Never throws. */
export async function nudgeBehind(
  deps: Pick<LaneDependencies, "clock" | "observer"> & { readonly lanes: Pick<LaneStore, "nudge" | "mark"> },
  message: Message,
  advancing: Advancing,
): Promise<void> {
  if (!isOrdered(message)) return;
  const place = placeOf(message);
  try {
    const verdict = judge(message, place, message);
    if (verdict === "passed") await deps.lanes.nudge(message, place, deps.clock.now());
    if (verdict === "blocks") await markBlocked(deps, message, place, message);
  } catch (error) {
    report(deps, message, advancing, error);
  }
}

export function report(
  { observer }: Pick<LaneDependencies, "observer">,
  key: LaneKey,
  { by, correlationId }: Advancing,
  error: unknown,
): void {
  observer.log.write(
    "warn",
    "lane_not_advanced",
    { lane: laneIdOf(key), senderId: key.senderId, correlationId, by },
    error,
  );
}
