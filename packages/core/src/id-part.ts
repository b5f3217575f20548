/** Part of an id: what somebody has at hand of it. */
import { type Times, timesOfBeginning } from "./id.ts";

export interface IdPart {
  /** Characters of the id behind its prefix, upper case. */
  readonly text: string;
  /** The id begins with it; else it may stand anywhere in it. */
  readonly isBeginning: boolean;
}

export function hasPart(id: string, { text, isBeginning }: IdPart): boolean {
  const behindPrefix = id.indexOf("_") + 1;
  return isBeginning ? id.startsWith(text, behindPrefix) : id.includes(text, behindPrefix);
}

/** No id sorts behind it: a place before all of one kind and one time. */
export function lastId(prefix: "msg" | "evt"): string {
  return `${prefix}_${"Z".repeat(26)}`;
}

export const LAST_MESSAGE_ID = lastId("msg");

/**
 * When those were accepted whose id begins so, if it was made without an idempotency key; one that was made of a key may
 * begin with anything.
 */
export function timesOf({ text, isBeginning }: IdPart): Times | undefined {
  return isBeginning ? timesOfBeginning(text) : undefined;
}
