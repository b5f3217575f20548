/**
 * A place in a lane: a message, and its round. A message that goes to the end of the line begins the next round, so a
 * place that was passed never comes back.
 */
import type { Message } from "../message/message.ts";

const ID_PREFIX = "msg_";
/** Of rounds, of which there may be any number. */
const RADIX = 36;

/** 26 bytes for nearly every message: the line is written anew whenever somebody joins or passes. */
export function placeOf({
  messageId,
  round = 0,
}: {
  readonly messageId: string;
  readonly round?: number;
}): string {
  const id = messageId.slice(ID_PREFIX.length);
  return round === 0 ? id : `${id}.${round.toString(RADIX)}`;
}

export function messageIdAt(place: string): Message["messageId"] {
  const [id] = place.split(".");
  return ID_PREFIX + id;
}

export function roundAt(place: string): number {
  const [, round] = place.split(".");
  return round === undefined ? 0 : Number.parseInt(round, RADIX);
}
