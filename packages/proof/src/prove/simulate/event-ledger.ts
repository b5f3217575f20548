/** What really happened to events and endpoints in a simulation: the ledger's other half. */
import { isDeepStrictEqual } from "node:util";
import { type Announcement, OPERATIONS_SENDER } from "@homing/core/endpoint/announcement";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { HomingError } from "@homing/core/error";
import type { EventAcceptance } from "@homing/core/event/accept-event";
import type { Event } from "@homing/core/event/event";
import { eventIdForKey } from "@homing/core/event/event-id";
import type { Message } from "@homing/core/message/message";

/** A change of an event's item. `before` is absent when it was stored for the first time. */
export interface EventWriteFact {
  readonly at: number;
  readonly process: string;
  readonly before: Event | undefined;
  readonly after: Event;
}

/** An endpoint as it was stored at one time. */
interface EndpointFact {
  readonly endpoint: Endpoint | undefined;
  readonly writtenAt: number;
  /** When a call was first answered that had made or met this change, or a later one. */
  answeredAt: number | undefined;
}

export interface EventAnswerFact {
  readonly at: number;
  readonly number: number;
  readonly correlationId: string;
  readonly idempotent: boolean;
  readonly result: EventAcceptance | HomingError;
}

export class EventLedger {
  readonly answers: EventAnswerFact[] = [];
  /** By event. */
  readonly writesOf = new Map<string, EventWriteFact[]>();
  /** What was stored for an event, by event and request: how often it was written. */
  readonly payloads = new Map<string, number>();
  /** Messages as somebody wanted to make them, in the order in which they asked. */
  readonly spawns = new Map<string, Message[]>();
  /** Who brings an endpoint what it has missed, and which. */
  readonly replays = new Map<string, string>();
  /** Who sends an endpoint at once what it has not got. */
  readonly sendersOfUndelivered = new Set<string>();
  readonly #states = new Map<string, Event>();
  readonly #endpoints = new Map<string, EndpointFact[]>();
  /** When the call of a process began; of everything that it matches, this was answered before. */
  readonly #beganAt = new Map<string, number>();
  /** What was ever to be announced, by the id of the event that tells of it. */
  readonly announcements = new Map<string, Announcement>();
  /** What has become of gates. */
  readonly gates: Array<"set" | "probe" | "lifted"> = [];
  /** When each process last looked for the messages of an endpoint. */
  readonly looks = new Map<string, number>();
  onWrite: (fact: EventWriteFact) => void = () => {};
  /** Called with each change of an endpoint: as it was before, and as it is then. */
  onEndpoint: (before: Endpoint | undefined, after: Endpoint, process: string) => void = () => {};

  state(eventId: string | undefined): Event | undefined {
    return this.#states.get(eventId ?? "");
  }

  states(): Event[] {
    return [...this.#states.values()];
  }

  /** The events as they were at a time. */
  statesAt(time: number): Event[] {
    return [...this.writesOf.values()].flatMap(
      (writes) => writes.findLast(({ at }) => at <= time)?.after ?? [],
    );
  }

  /** Takes note of an item as the storage answered it. */
  observe(at: number, process: string, after: Event): void {
    const before = this.#states.get(after.eventId);
    if (before !== undefined && isDeepStrictEqual(before, after)) return;
    const fact = { at, process, before, after };
    this.#states.set(after.eventId, after);
    this.writesOf.set(after.eventId, [...(this.writesOf.get(after.eventId) ?? []), fact]);
    this.onWrite(fact);
  }

  storedPayload(eventId: string, requestHash: string): void {
    const key = payloadKey(eventId, requestHash);
    this.payloads.set(key, (this.payloads.get(key) ?? 0) + 1);
  }

  hasPayload({ eventId, requestHash }: Pick<Event, "eventId" | "requestHash">): boolean {
    return this.payloads.has(payloadKey(eventId, requestHash));
  }

  wantsSpawn(message: Message): void {
    this.spawns.set(message.messageId, [...(this.spawns.get(message.messageId) ?? []), message]);
  }

  began(process: string, at: number): void {
    this.#beganAt.set(process, at);
  }

  beganAt(process: string): number {
    return this.#beganAt.get(process) ?? Infinity;
  }

  /** Takes note of an endpoint as it was written. */
  observeEndpoint(at: number, endpoint: Endpoint, process = "administrator"): void {
    const facts = this.#factsOf(endpoint.endpointId);
    if (facts.some((fact) => fact.endpoint?.writeId === endpoint.writeId)) return;
    const before = facts.at(-1)?.endpoint;
    facts.push({ endpoint, writtenAt: at, answeredAt: undefined });
    if (endpoint.gate && !before?.gate) this.gates.push("set");
    if (!endpoint.gate && before?.gate) this.gates.push("lifted");
    if (endpoint.gate && before?.gate && endpoint.gate.probes > before.gate.probes) this.gates.push("probe");
    for (const announcement of endpoint.announce ?? [])
      this.announcements.set(announcementEventId(endpoint, announcement), announcement);
    this.onEndpoint(before, endpoint, process);
  }

  /** Somebody was told of this state: it is what everybody has to know from then on. */
  answeredEndpoint(at: number, { endpointId, writeId }: Endpoint): void {
    const facts = this.#factsOf(endpointId);
    const met = facts.findLastIndex(({ endpoint }) => endpoint?.writeId === writeId);
    for (const fact of facts.slice(0, met + 1)) fact.answeredAt ??= at;
  }

  /** As it was, the oldest first. */
  versionsOf(endpointId: string): Endpoint[] {
    return (this.#endpoints.get(endpointId) ?? []).flatMap(({ endpoint }) => endpoint ?? []);
  }

  endpointIds(): string[] {
    return [...this.#endpoints.keys()];
  }

  /** Whether anybody wants to be told of what is announced. */
  tellsOperators(): boolean {
    return this.endpoints().some(({ senderId }) => senderId === OPERATIONS_SENDER);
  }

  /** As they are now. */
  endpoints(): Endpoint[] {
    return [...this.#endpoints.values()].flatMap((facts) => facts.at(-1)?.endpoint ?? []);
  }

  /**
   * What somebody may take an endpoint for who looks between the two times: what was in force then, and what was so
   * before if no later change had been answered yet. `undefined`: for one that is not there.
   */
  believable(endpointId: string, from: number, to: number): Array<Endpoint | undefined> {
    const facts = this.#factsOf(endpointId);
    const known = facts.findLastIndex(({ answeredAt = Infinity }) => answeredAt <= from);
    return facts
      .slice(Math.max(0, known))
      .filter(({ writtenAt }) => writtenAt <= to)
      .map(({ endpoint }) => endpoint);
  }

  /** What was stored of an endpoint between the two times, and at the first of them, whoever knew of it. */
  inForce(endpointId: string, from: number, to: number): Array<Endpoint | undefined> {
    const facts = this.#factsOf(endpointId);
    const first = facts.findLastIndex(({ writtenAt }) => writtenAt <= from);
    return facts
      .slice(Math.max(0, first))
      .filter(({ writtenAt }) => writtenAt <= to)
      .map(({ endpoint }) => endpoint);
  }

  #factsOf(endpointId: string): EndpointFact[] {
    const facts = this.#endpoints.get(endpointId) ?? [
      { endpoint: undefined, writtenAt: -Infinity, answeredAt: -Infinity },
    ];
    this.#endpoints.set(endpointId, facts);
    return facts;
  }
}

/** By hand from the design: the key is made of endpoint, kind and time. */
export function announcementEventId(
  { endpointId }: Pick<Endpoint, "endpointId">,
  { type, at }: Announcement,
): string {
  return eventIdForKey(OPERATIONS_SENDER, `${endpointId}/${type}/${at}`);
}

function payloadKey(eventId: string, requestHash: string): string {
  return `${eventId} ${requestHash}`;
}
