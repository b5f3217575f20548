/** Messages with an ordering key: each joins its lane once it is stored, in the order of the call. */
import { HomingError } from "../error.ts";
import { enterLane } from "../lane/enter.ts";
import { laneIdOf } from "../lane/lane.ts";
import { isOrdered, type OrderedMessage } from "../lane/turns.ts";
import type { EnqueueEntry } from "../send/enqueue.ts";
import { notQueuedError } from "../send/not-queued-error.ts";
import { laneOfInput, previousNotAccepted } from "./lane-prefix.ts";
import {
  type AcceptDependencies,
  type AcceptRequest,
  logFailure,
  type Stored,
  storageError,
} from "./stored.ts";
import { withdraw } from "./withdraw.ts";

/** By the index of the request: it is refused, or its turn has come. Of all others nothing is to be done. */
export type InOrder = ReadonlyMap<number, HomingError | EnqueueEntry>;

export async function acceptInOrder(
  deps: AcceptDependencies,
  requests: readonly AcceptRequest[],
  results: ReadonlyArray<Stored | HomingError>,
): Promise<InOrder> {
  const lanes = new Map<string, Item[]>();
  for (const [index, result] of results.entries()) {
    const key = requests[index] && laneOfInput(requests[index].input);
    if (key === undefined) continue;
    const laneId = laneIdOf(key);
    lanes.set(laneId, [...(lanes.get(laneId) ?? []), { index, result }]);
  }
  const inOrder = new Map<number, HomingError | EnqueueEntry>();
  await Promise.all([...lanes.values()].map((items) => acceptLane(deps, items, inOrder)));
  return inOrder;
}

interface Item {
  readonly index: number;
  readonly result: Stored | HomingError;
}

interface Waiting {
  readonly index: number;
  readonly stored: Stored & { readonly message: OrderedMessage };
}

/** Of the lane a prefix is accepted: behind the first that is not, none is. */
async function acceptLane(
  deps: AcceptDependencies,
  items: readonly Item[],
  inOrder: Map<number, HomingError | EnqueueEntry>,
): Promise<void> {
  const waiting: Waiting[] = [];
  let isBroken = false;
  for (const { index, result } of items) {
    const whole = result instanceof HomingError ? result : await complete(deps, result);
    if (whole instanceof HomingError) inOrder.set(index, whole);
    else if (isBroken) inOrder.set(index, await refuse(deps, whole));
    else if (standsOutside(whole)) waiting.push({ index, stored: whole });
    isBroken ||= whole instanceof HomingError;
  }
  const [first, ...others] = waiting;
  if (first === undefined) return;
  const { message, request } = first.stored;
  try {
    const messages = waiting.map(({ stored }) => stored.message);
    const turn = await enterLane(deps, message, messages, request.correlationId);
    const next = waiting.find(({ stored }) => stored.message === turn?.message);
    if (turn && next) inOrder.set(next.index, { ...toEntry(next.stored), sequence: turn.sequence });
  } catch (error) {
    // It is kept, and joins when it is due; unless a repeated call comes first.
    logFailure(deps, request, message, "lane_not_joined", error);
    inOrder.set(first.index, notQueuedError({ outcome: "unmarked", message, error }, isKeyed(first.stored)));
    for (const { index, stored } of others) inOrder.set(index, await refuse(deps, stored));
  }
}

/** O12: joined once all of it is stored. What is absent counts as gone, and its place would be passed. */
async function complete(deps: AcceptDependencies, stored: Stored): Promise<Stored | HomingError> {
  try {
    await stored.payload;
    return stored;
  } catch (error) {
    logFailure(deps, stored.request, stored.message, "payload_not_stored", error);
    return storageError(true, error);
  }
}

/** O11: a repeated call joins what waits for its turn, unless it was seen in line. */
function standsOutside(stored: Stored): stored is Waiting["stored"] {
  const { message } = stored;
  return (
    isOrdered(message) && message.status === "PENDING" && message.waitsForTurn === true && !message.inLine
  );
}

/** Without a key nobody could send it again without making a second message. */
async function refuse(deps: AcceptDependencies, stored: Stored): Promise<HomingError> {
  const { messageId, status } = stored.message;
  if (isKeyed(stored)) return previousNotAccepted({ messageId, messageStatus: status });
  return (await withdraw(deps, stored))
    ? previousNotAccepted()
    : previousNotAccepted({ messageId, messageStatus: status }, false);
}

function isKeyed({ request }: Stored): boolean {
  return request.input.idempotencyKey !== undefined;
}

export function toEntry({ message, request, payload }: Stored): EnqueueEntry {
  return { message, contents: payload, correlationId: request.correlationId };
}
