/** Entering a lane: join it, and see to it that the lane has a `dueAt` while somebody waits. */
import type { Message } from "../message/message.ts";
import { advance, report } from "./advance.ts";
import { type Advancing, type LaneDependencies, sequenceOf } from "./head.ts";
import { type Joined, joinLane } from "./join.ts";
import type { LaneKey } from "./lane.ts";
import { placeOf } from "./place.ts";
import { awaitTurn, type OrderedMessage } from "./turns.ts";

/** The message whose turn it is, for whoever entered: it is theirs to release. */
export interface Turn {
  readonly message: Message;
  readonly sequence: number;
}

/**
 * Joins the messages of one lane, in their order. What comes after that is best effort: they stand in line, and their
 * near `dueAt` brings the reconciler.
 *
 * @throws StorageError if they may not have joined.
 */
export async function enterLane(
  deps: LaneDependencies,
  key: LaneKey,
  messages: readonly OrderedMessage[],
  correlationId: string,
): Promise<Turn | undefined> {
  const advancing: Advancing = { by: "join", correlationId };
  const joined = await joinLane(deps, key, messages.map(placeOf), advancing);
  const head = messages.find((message) => joined.get(placeOf(message))?.where === "head");
  const behind = messages.filter((message) => message !== head);
  try {
    const last = behind.at(-1);
    const seen = last && joined.get(placeOf(last));
    if (seen) await watch(deps, key, seen, head === undefined, advancing);
    // Who stands in a segment will wait long: no reconciler has to come by to find that out.
    const far = behind.filter((message) => joined.get(placeOf(message))?.where === "segment");
    await Promise.all(far.map((message) => setFarDueAt(deps, message, correlationId)));
  } catch (error) {
    report(deps, key, advancing, error);
  }
  const view = head && joined.get(placeOf(head))?.lane;
  return head && view && { message: head, sequence: sequenceOf(view) };
}

/** O13: a lane in which somebody waits has a `dueAt`. Who gives it one looks at its head: its releaser may have died. */
async function watch(
  deps: LaneDependencies,
  key: LaneKey,
  { lane }: Joined,
  looksAtHead: boolean,
  advancing: Advancing,
): Promise<void> {
  if (lane.dueAt !== undefined) return;
  const armed = await deps.lanes.arm(key, deps.clock.now() + deps.settings.queueDeadlineMs);
  if (armed.lane && looksAtHead) await advance(deps, armed.lane, advancing);
}

/** Of a message that was seen in its lane, which has a `dueAt`. */
export async function setFarDueAt(
  { store, clock, newToken }: Pick<LaneDependencies, "store" | "clock" | "newToken">,
  message: Message,
  correlationId: string,
): Promise<void> {
  const transition = awaitTurn(message, { now: clock.now(), correlationId, token: newToken() });
  if (transition) await store.apply(message.messageId, transition);
}
