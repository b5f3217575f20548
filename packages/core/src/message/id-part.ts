/** Part of a message's id: what somebody has at hand of it. */
import { type Times, timesOfBeginning } from "../id.ts";

export interface IdPart {
  /** Characters of the id behind its prefix, upper case. */
  readonly text: string;
  /** The id begins with it; else it may stand anywhere in it. */
  readonly isBeginning: boolean;
}

export function hasPart(messageId: string, { text, isBeginning }: IdPart): boolean {
  return isBeginning ? messageId.startsWith(text, PREFIX_LENGTH) : messageId.includes(text, PREFIX_LENGTH);
}

const PREFIX_LENGTH = "msg_".length;

/** No id sorts behind it: a place before all messages of one time. */
export const LAST_MESSAGE_ID = `msg_${"Z".repeat(26)}`;

/**
 * When messages were accepted whose id begins so, if it was made without an idempotency key; one that was made of a key
 * may begin with anything.
 */
export function timesOf({ text, isBeginning }: IdPart): Times | undefined {
  return isBeginning ? timesOfBeginning(text) : undefined;
}
