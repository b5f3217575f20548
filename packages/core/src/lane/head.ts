/** The head of a lane: what is finished is passed, what has overflowed is loaded, until somebody stands there. */
import { DAY } from "../duration.ts";
import type { Message, Payload } from "../message/message.ts";
import { type EnqueueDependencies, type EnqueueEntry, SHORTEST_ENQUEUE_MS } from "../send/enqueue.ts";
import { giveUp } from "../send/give-up.ts";
import type { Settings } from "../settings.ts";
import { judge } from "./judge.ts";
import type { Lane } from "./lane.ts";
import type { LaneStore } from "./lane-store.ts";
import { messageIdAt } from "./place.ts";

export interface LaneDependencies extends EnqueueDependencies {
  readonly lanes: LaneStore;
  readonly settings: EnqueueDependencies["settings"] & Pick<Settings, "retentionMs">;
}

/** Who moves a lane. The outcome of a delivery is the ordinary one; the others make up for what died, or do it by hand. */
export interface Advancing {
  readonly by:
    | "outcome"
    | "refusedCopy"
    | "leaseOver"
    | "giveUp"
    | "deadLetter"
    | "cancel"
    | "skip"
    | "join"
    | "reconciler";
  readonly correlationId: string;
}

/**
 * Who stands at the head. `waits`: its turn has come. `unfinished`: there is more to pass than one call may take, or the
 * process has no time left.
 */
export type Head =
  | { readonly kind: "none" | "unfinished"; readonly lane: Lane }
  | ({ readonly kind: "atWork" } & Occupied)
  | ({ readonly kind: "blocks" } & Occupied)
  | ({ readonly kind: "waits"; readonly payload: Payload } & Occupied);

interface Occupied {
  readonly lane: Lane;
  readonly place: string;
  readonly message: Message;
}

/** In one call: a lane full of cancelled messages must not keep an answer waiting. */
const MOST_PASSES = 50;
/** A sealed segment is remembered as long as the slowest joiner could live. */
const SEALED_FOR_MS = DAY;
/** For what follows a call to the table in a process that is to end. */
const RESERVE_MS = 3_000;

/** Goes on from a view of the lane; each write answers the next one, so the line is read by nobody. */
export async function findHead(deps: LaneDependencies, view: Lane, advancing: Advancing): Promise<Head> {
  let lane: Lane | undefined = view;
  for (let moves = 0; lane && moves < MOST_PASSES; moves += 1) {
    if (!hasTime(deps)) break;
    const [place] = lane.line;
    if (place === undefined) {
      if (!lane.overflowing) return { kind: "none", lane };
      lane = await loadNext(deps, lane);
      continue;
    }
    const seen = lane;
    const message = await deps.store.get(messageIdAt(place), timeLeft(deps));
    switch (judge(seen, place, message)) {
      case "passed":
        lane = await pass(deps, seen, place, advancing);
        break;
      case "waits": {
        const payload = message && (await deps.store.getPayload(message, timeLeft(deps)));
        if (message && payload) return { kind: "waits", lane: seen, place, message, payload };
        // What stands in line was stored: it is gone, and so is the message's purpose. Then it is looked at anew.
        if (message) await giveUp(deps, message, "PAYLOAD_MISSING", advancing.correlationId);
        break;
      }
      case "blocks":
        if (message) return { kind: "blocks", lane: seen, place, message };
        break;
      case "atWork":
        if (message) return { kind: "atWork", lane: seen, place, message };
        break;
    }
  }
  return { kind: lane ? "unfinished" : "none", lane: lane ?? { ...view, line: [], overflowing: false } };
}

/** What releases the head, sent by whoever may send. */
export function releaseOf(
  { lane, message, payload }: Extract<Head, { kind: "waits" }>,
  correlationId: string,
): EnqueueEntry {
  return { message, contents: payload, correlationId, sequence: sequenceOf(lane) };
}

/** Of the head: it does not change while that is the head, and is read together with it. */
export function sequenceOf({ passed }: Lane): number {
  return passed + 1;
}

/** Answers the next view; none if the lane is gone. */
export async function pass(
  deps: LaneDependencies,
  key: Pick<Lane, "senderId" | "orderingKey">,
  place: string,
  { by }: Advancing,
): Promise<Lane | undefined> {
  const now = deps.clock.now();
  // O4: only if it is the head: of two who saw the same one finished, the second must not take another's place away.
  const written = await deps.lanes.pass(key, place, now, now + deps.settings.retentionMs, timeLeft(deps));
  if (written.applied) deps.observer.metrics.add("LanesAdvanced", 1, { by });
  return written.lane;
}

async function loadNext(deps: LaneDependencies, lane: Lane): Promise<Lane | undefined> {
  // O17: sealed first, or who joins in between is lost.
  const expiresAt = deps.clock.now() + SEALED_FOR_MS;
  const segment = await deps.lanes.seal(lane, lane.nextSegment, expiresAt, timeLeft(deps));
  return (await deps.lanes.load(lane, segment, timeLeft(deps))).lane;
}

export function hasTime({ timeLeftMs }: LaneDependencies): boolean {
  return timeLeftMs === undefined || timeLeftMs() >= SHORTEST_ENQUEUE_MS;
}

function timeLeft({ timeLeftMs }: LaneDependencies): number | undefined {
  return timeLeftMs && Math.max(0, timeLeftMs() - RESERVE_MS);
}
