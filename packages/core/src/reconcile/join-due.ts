/** Messages that wait for their turn, and are due because nobody has seen them in their lanes yet. */
import { setFarDueAt } from "../lane/enter.ts";
import { type Advancing, sequenceOf } from "../lane/head.ts";
import { type Joined, joinLane, seenInLine } from "../lane/join.ts";
import { laneIdOf } from "../lane/lane.ts";
import { placeOf } from "../lane/place.ts";
import { isOrdered, type OrderedMessage } from "../lane/turns.ts";
import type { Message } from "../message/message.ts";
import type { LaneRun } from "./lane-run.ts";

/** Those of one lane share one read of it. */
export async function joinDue(run: LaneRun, messages: readonly Message[]): Promise<void> {
  const lanes = Map.groupBy(messages.filter(isOrdered), (message) => laneIdOf(message));
  run.examined(messages.length);
  for (const [lane, waiting] of lanes) {
    const [first] = waiting;
    if (first === undefined || run.isOver()) return;
    await run.guarded({ lane, senderId: first.senderId }, () => joinOne(run, first, waiting));
  }
}

async function joinOne(run: LaneRun, key: OrderedMessage, waiting: readonly OrderedMessage[]): Promise<void> {
  const { deps } = run;
  run.count("WAITING_FOR_PREVIOUS");
  const view = await deps.lanes.get(key);
  const seen = new Map(view ? seenInLine(view, waiting.map(placeOf)) : []);
  const outside = waiting.filter((message) => !seen.has(placeOf(message)));
  const whole = await Promise.all(outside.map((message) => hasPayload(run, message)));
  const joining = outside.filter((_, index) => whole[index]);
  const advancing: Advancing = { by: "reconciler", correlationId: run.correlationId };
  const joined = await joinLane(deps, key, joining.map(placeOf), advancing);
  for (const [place, one] of joined) seen.set(place, one);
  for (const message of waiting) {
    const place = seen.get(placeOf(message));
    if (place && !run.isOver()) await run.guarded(message, () => settle(run, message, place));
  }
}

/** O12: what is not all there is not joined. A call with a key may still complete it. */
async function hasPayload(run: LaneRun, message: Message): Promise<boolean> {
  const { store, clock, settings } = run.deps;
  if (await store.getPayload(message)) return true;
  if (clock.now() >= message.createdAt + settings.queueDeadlineMs)
    await run.giveUp(message, "PAYLOAD_MISSING");
  return false;
}

async function settle(run: LaneRun, message: OrderedMessage, { where, lane }: Joined): Promise<void> {
  const { deps, correlationId } = run;
  if (where === "head") {
    const payload = await deps.store.getPayload(message);
    if (payload) await run.send({ message, contents: payload, correlationId, sequence: sequenceOf(lane) });
    else await run.giveUp(message, "PAYLOAD_MISSING");
    return;
  }
  // O13: whoever joined may have died before; then the lane is looked at, at once.
  if (lane.dueAt === undefined) await deps.lanes.arm(message, deps.clock.now());
  await setFarDueAt(deps, message, correlationId);
}
