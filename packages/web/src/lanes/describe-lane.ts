/** Where a lane stands, in words. */
import type { Lane, Message } from "../api/types.ts";

export interface LaneWords {
  readonly name: string;
  readonly tone: "bad" | "warn" | "good";
  /** Before the time from which on it is so; absent where nothing is first. */
  readonly since?: string;
}

const WORDS: Record<Lane["state"], LaneWords> = {
  BLOCKED: { name: "Blocked", tone: "bad", since: "failed" },
  HELD_UP: { name: "Held up", tone: "warn", since: "first in line since" },
  FLOWING: { name: "Flowing", tone: "good", since: "first in line since" },
};

export function describeLane({ state }: Pick<Lane, "state">): LaneWords {
  return WORDS[state] ?? { name: state, tone: "warn", since: "since" };
}

/** "1,532 wait behind it"; undefined where nobody does. */
export function describeWaiting({ waiting, capped }: Pick<Lane, "waiting" | "capped">): string | undefined {
  if (waiting === 0) return undefined;
  const number = `${capped ? "at least " : ""}${waiting.toLocaleString()}`;
  return `${number} ${waiting === 1 ? "waits" : "wait"} behind it`;
}

/** What a message that waits for its turn waits for, before the link to what is first in line. */
export function describeAhead({ ahead, capped }: NonNullable<Message["waitsFor"]>): string {
  return `${capped ? "at least " : ""}${ahead.toLocaleString()} ahead, behind`;
}
