import { HomingError } from "../error.ts";
import { type LaneKey, laneIdOf } from "../lane/lane.ts";

/**
 * Of each lane of a call a prefix is accepted: what would go ahead of an earlier message, once that is sent again, is
 * refused with it. Answers which of them stand behind a refused one.
 */
export function behindRefused<T>(
  items: readonly T[],
  laneOf: (item: T) => LaneKey | undefined,
  isRefused: (item: T, index: number) => boolean,
): ReadonlySet<number> {
  const refused = new Set<string>();
  const behind = new Set<number>();
  for (const [index, item] of items.entries()) {
    const key = laneOf(item);
    if (key === undefined) continue;
    const lane = laneIdOf(key);
    if (refused.has(lane)) behind.add(index);
    else if (isRefused(item, index)) refused.add(lane);
  }
  return behind;
}

export function previousNotAccepted(stored?: HomingError["stored"], retryable = true): HomingError {
  return new HomingError(
    "PREVIOUS_NOT_ACCEPTED",
    "An earlier message of this call with the same ordering key was not accepted. Send both again, in their order.",
    { retryable, ...(stored ? { stored } : {}) },
  );
}

/** The lane of a message that was asked for. */
export function laneOfInput({
  senderId,
  orderingKey,
}: {
  readonly senderId: string;
  readonly orderingKey?: string;
}): LaneKey | undefined {
  return orderingKey === undefined ? undefined : { senderId, orderingKey };
}
