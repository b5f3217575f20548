/** Lanes that are due: their heads are looked at, and what is left of a step that somebody died in is done. */
import { blockedSince, nudge } from "../lane/advance.ts";
import { type Advancing, findHead, type Head, releaseOf } from "../lane/head.ts";
import { type Lane, type LaneMark, laneIdOf } from "../lane/lane.ts";
import type { Visit } from "../lane/lane-store.ts";
import { queueDeadlineMs } from "../message/waits.ts";
import type { LaneRun } from "./lane-run.ts";

const PAGE = 100;
/** Lanes that are looked at side by side. */
const CHUNK = 10;
/** From this visit on that finds the same head, the lane is listed. */
const VISITS_BEFORE_HELD_UP = 2;

export async function settleDueLanes(run: LaneRun, shards: readonly number[], most: number): Promise<void> {
  const { lanes, clock } = run.deps;
  let left = most;
  for (const shard of shards) {
    let from: string | undefined;
    do {
      if (left <= 0 || run.isOver()) return;
      const page = await lanes.due(shard, clock.now(), Math.min(PAGE, left), from);
      left -= page.laneIds.length;
      // A row is a hint: the lane itself decides, read consistently.
      const read = page.laneIds.length === 0 ? [] : await lanes.getMany(page.laneIds);
      const due = read.filter(({ dueAt }) => dueAt !== undefined && dueAt <= clock.now());
      for (let at = 0; at < due.length && !run.isOver(); at += CHUNK)
        await Promise.all(due.slice(at, at + CHUNK).map((lane) => settleLane(run, lane)));
      from = page.next;
    } while (from !== undefined);
  }
}

async function settleLane(run: LaneRun, lane: Lane): Promise<void> {
  const { deps, correlationId } = run;
  const advancing: Advancing = { by: "reconciler", correlationId };
  run.examined(1);
  await run.guarded({ lane: laneIdOf(lane), senderId: lane.senderId }, async () => {
    const head = await findHead(deps, lane, advancing);
    if (head.kind === "unfinished") {
      await nudge(deps, head.lane);
      return;
    }
    if (head.kind === "waits") await run.send(releaseOf(head, correlationId));
    // An outage leaves the lane overdue, as it leaves messages.
    if (!run.isOver()) await settle(run, lane, head);
  });
}

/** O14: disarmed only if nobody waits, which the write itself makes sure of: exactly the one place seen released. */
async function settle({ deps }: LaneRun, { dueAt = 0 }: Lane, head: Head): Promise<void> {
  const { lane } = head;
  const isAlone = !lane.overflowing && lane.line.length === 1 && head.kind === "atWork";
  if (head.kind === "none" || isAlone) {
    const released = head.kind === "atWork" ? head.place : undefined;
    if ((await deps.lanes.disarm(lane, released)).applied) return;
  }
  await deps.lanes.moveOn(lane, dueAt, visitOf(head, deps.clock.now(), deps.settings.queueDeadlineMs));
}

/** The next look is later each time that it finds the same head, as with copies that are not claimed. */
export function visitOf(head: Head, now: number, baseDeadlineMs: number): Visit {
  const visits = head.lane.visits + 1;
  const mark = markOf(head, visits);
  return {
    dueAt: now + queueDeadlineMs(baseDeadlineMs, head.lane.visits),
    visits,
    ...(mark === undefined ? {} : { mark }),
  };
}

function markOf(head: Head, visits: number): LaneMark | undefined {
  if (head.kind === "blocks") return blockedSince(head.message);
  if (head.kind !== "atWork" || visits < VISITS_BEFORE_HELD_UP) return undefined;
  // It came to be the head when the one before was passed, or when it joined.
  const { movedAt = 0 } = head.lane;
  return { state: "HELD_UP", since: Math.max(movedAt, head.message.createdAt) };
}
