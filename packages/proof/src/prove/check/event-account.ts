/** The account of events at the end: each is at each of its endpoints, once. */
import { OPERATIONS_SENDER } from "@homing/core/endpoint/announcement";
import { HomingError } from "@homing/core/error";
import type { Event } from "@homing/core/event/event";
import type { Message } from "@homing/core/message/message";
import type { EventAnswerFact } from "../simulate/event-ledger.ts";
import type { Ledger } from "../simulate/ledger.ts";
import { deliveryOf } from "./event-rules.ts";
import { wasEver } from "./was-ever.ts";

/** As many messages as an answer names. */
const SHOWN = 10;

export interface EventFinding {
  readonly id: string | undefined;
  readonly text: string;
}

export function eventImbalance(ledger: Ledger): EventFinding | undefined {
  const { fanOut } = ledger;
  for (const event of fanOut.states()) {
    const text = wrongEnd(event, ledger) ?? wrongPayloads(event, ledger);
    if (text) return { id: event.eventId, text };
  }
  for (const [messageId, wanted] of fanOut.spawns) {
    const text = wrongSpawns(wanted);
    if (text) return { id: messageId, text };
  }
  for (const answer of fanOut.answers) {
    const text = wrongAnswer(answer, ledger);
    if (text) return { id: ledger.idsOf(answer.number)[0], text };
  }
  return strangeSend(ledger) ?? wrongAnnouncements(ledger);
}

/** Each once, and nothing else. */
function wrongAnnouncements({ fanOut }: Ledger): EventFinding | undefined {
  const silent = [...fanOut.announcements.keys()].find((eventId) => !fanOut.state(eventId));
  if (silent && fanOut.tellsOperators())
    return { id: undefined, text: "operators were never told of what was to be announced" };
  const strange = fanOut
    .states()
    .find(({ senderId, eventId }) => senderId === OPERATIONS_SENDER && !fanOut.announcements.has(eventId));
  if (strange) return { id: strange.eventId, text: "operators are told of what nobody has announced" };
  const waiting = fanOut.endpoints().some(({ announce }) => announce !== undefined);
  return waiting ? { id: undefined, text: "an endpoint ends with something to announce" } : undefined;
}

function wrongEnd(event: Event, ledger: Ledger): string | undefined {
  // Its own rule says when; whoever wants it all the same retries it.
  if (event.status === "FAILED") return undefined;
  if (event.status !== "EXPANDED") return `an event ends as ${event.status}`;
  if (event.done !== event.matched.length && event.matched.length > 0)
    return "an event is EXPANDED, and not done";
  const missing = event.matched.find((endpointId) => !deliveryOf(ledger, event, endpointId));
  return missing && "an event never came to one of its endpoints";
}

/** Each event has one payload, which was written once; what others have left behind nobody names. */
function wrongPayloads({ eventId, requestHash }: Event, { fanOut }: Ledger): string | undefined {
  const written = fanOut.payloads.get(`${eventId} ${requestHash}`) ?? 0;
  return written === 1 ? undefined : `the payload of an event was written ${written} times`;
}

/** Any number who expand an event would write the same message, but for tokens, times and what its endpoint was. */
function wrongSpawns(wanted: readonly Message[]): string | undefined {
  const [first] = wanted.map(sameOfAll);
  return wanted.some((one) => sameOfAll(one) !== first)
    ? "two who expand an event would make two messages"
    : undefined;
}

function sameOfAll(message: Message): string {
  const { senderId, eventId, endpointId, eventType, requestHash, correlationId, createdAt } = message;
  const { deliverBy, attemptLimit, forcedAttempt } = message;
  return JSON.stringify([
    [senderId, eventId, endpointId, eventType, requestHash, correlationId, createdAt],
    [deliverBy, attemptLimit, forcedAttempt],
  ]);
}

/** Who makes a message sends its copy, and who does not make it sends nothing. */
function strangeSend(ledger: Ledger): EventFinding | undefined {
  const marks = new Set(ledger.writes.map(({ after }) => after.sendId));
  const strange = [...ledger.sends.values()].find(({ sendId }) => !marks.has(sendId));
  return (
    strange && { id: strange.messageId, text: "a copy was sent by somebody who had not marked its message" }
  );
}

function wrongAnswer(
  { at, result, idempotent, correlationId }: EventAnswerFact,
  ledger: Ledger,
): string | undefined {
  const { fanOut } = ledger;
  if (result instanceof HomingError) {
    const stored = result.stored?.eventId;
    if (stored !== undefined && !fanOut.state(stored))
      return "an error says that the event is stored, and it is not";
    if (idempotent || !result.retryable) return undefined;
    return fanOut.states().some((event) => event.correlationId === correlationId)
      ? "a call without a key may be repeated, although its event is stored"
      : undefined;
  }
  const { event, messages } = result;
  const writes = fanOut.writesOf.get(event.eventId) ?? [];
  const isKnown = writes.some(
    ({ after }) => after.revision === event.revision && after.status === event.status,
  );
  if (!isKnown) return `an answer states an event as ${event.status}, which it never was`;
  // What has expired is named no more.
  const isThere = (endpointId: string) => (deliveryOf(ledger, event, endpointId)?.expiresAt ?? Infinity) > at;
  if (event.status === "EXPANDED" && messages.length < event.matched.slice(0, SHOWN).filter(isThere).length)
    return "an answer does not name all messages of its event";
  for (const message of messages) {
    const text = wasEver(message, ledger);
    if (text) return text;
  }
  return undefined;
}
