/** The copy: the JSON document that travels through the queue. It holds all the worker needs, so it reads nothing. */
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import type { EventPayload } from "../event/event-input.ts";
import { memberOf } from "../json-source.ts";
import type { Contents, DeliveryContents } from "./contents.ts";
import { type DeliveryMessage, isDelivery, type Message, type Payload } from "./message.ts";

const MESSAGE_VERSION = 1;
const DELIVERY_VERSION = 2;

/** SQS charges for each 64 KiB: a copy of a delivery that would be longer leaves its event's payload in the table. */
const LONGEST_DELIVERY_BYTES = 64_000;

interface AnyCopy {
  /** The attempt this copy is meant to start. All copies of one attempt are equal. */
  readonly attempt: number;
  /** Which enqueue made it; for the logs. */
  readonly sendId: string;
  readonly senderId: string;
  readonly createdAt: number;
  readonly deliverBy?: number;
}

/** Of a message that names its own target. */
export interface MessageCopy extends AnyCopy {
  readonly payload: Payload;
}

/** Of a delivery. */
export interface DeliveryCopy extends AnyCopy {
  readonly eventId: string;
  readonly endpointId: string;
  readonly eventType: string;
  /** Of the event: leads to its payload. */
  readonly requestHash: string;
  /** Somebody asked for this attempt by hand. */
  readonly forced: boolean;
  /** In the pace of a limited endpoint; absent if it does not matter how long after it the copy comes. */
  readonly slotAt?: number;
  /** The endpoint as it was known when the copy was made; absent if it was not. */
  readonly endpoint?: KnownEndpoint;
  /** Absent if it is too large to travel: then it is read. */
  readonly event?: EventPayload;
}

export type Copy = MessageCopy | DeliveryCopy;

export function isDeliveryCopy(copy: Copy): copy is DeliveryCopy {
  return "eventId" in copy;
}

/** The copy of a message that has just been marked QUEUED. */
export function encodeCopy(message: Message, contents: Contents): string {
  if (isDelivery(message) !== "event" in contents) throw new Error("A delivery carries its event.");
  return isDelivery(message) && "event" in contents
    ? encodeDelivery(message, contents)
    : encodeMessageCopy(message, contents as Payload);
}

function encodeMessageCopy(message: Message, payload: Payload): string {
  const { targetUrl, method, headers, body, metadata, tracestate } = payload;
  const head = { ...headOf(message, MESSAGE_VERSION), targetUrl, method, headers, metadata, tracestate };
  return withBody(head, body);
}

function encodeDelivery(message: DeliveryMessage, { event, endpoint }: DeliveryContents): string {
  const { eventId, endpointId, eventType, requestHash, attempt, forcedAttempt, slotAt, repaced } = message;
  const head = {
    ...headOf(message, DELIVERY_VERSION),
    eventId,
    endpointId,
    eventType,
    requestHash,
    forced: forcedAttempt === attempt + 1 || undefined,
    slotAt: repaced ? undefined : slotAt,
    endpoint,
  };
  const { headers, body, metadata, tracestate } = event;
  const whole = withBody({ ...head, headers, metadata, tracestate }, body);
  return Buffer.byteLength(whole) <= LONGEST_DELIVERY_BYTES ? whole : withBody(head, undefined);
}

function headOf({ attempt, sendId, senderId, createdAt, deliverBy }: Message, version: number) {
  return { version, attempt: attempt + 1, sendId, senderId, createdAt, deliverBy };
}

function withBody(head: object, body: string | undefined): string {
  return `${escapeForQueue(JSON.stringify(head)).slice(0, -1)}${bodyMember(body)}}`;
}

/**
 * The body stands in the document as it was written, for whoever looks into the queue; one with a character
 * that has to be escaped stands there as text: of its own escapes and ours nobody could tell which are whose.
 */
function bodyMember(body: string | undefined): string {
  if (body === undefined) return "";
  const escaped = escapeForQueue(body);
  return escaped === body ? `,"body":${body}` : `,"bodyText":${escapeForQueue(JSON.stringify(body))}`;
}

/**
 * What a record's body says, or undefined if it is no copy of ours. `traceparent` travels as an attribute of
 * the record, so that tracing tools find it there.
 */
export function decodeCopy(text: string, traceparent?: string): Copy | undefined {
  const document = parseObject(text);
  if (document === undefined) return undefined;
  const head = decodeHead(document);
  if (head === undefined) return undefined;
  switch (Number(document.version)) {
    case MESSAGE_VERSION: {
      const { targetUrl, method } = document;
      const carried = decodeCarried(document, text, traceparent);
      if (typeof targetUrl !== "string" || typeof method !== "string" || carried === undefined)
        return undefined;
      return { ...head, payload: { targetUrl, method, ...carried } };
    }
    case DELIVERY_VERSION:
      return decodeDelivery(document, head, text, traceparent);
    default:
      return undefined;
  }
}

type Document = Readonly<Record<string, unknown>>;

function parseObject(text: string): Document | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function decodeHead(document: Document): AnyCopy | undefined {
  const attempt = Number(document.attempt);
  const createdAt = Number(document.createdAt);
  const deliverBy = document.deliverBy === undefined ? undefined : Number(document.deliverBy);
  const { sendId, senderId } = document;
  if (
    !Number.isSafeInteger(attempt) ||
    attempt <= 0 ||
    !Number.isSafeInteger(createdAt) ||
    (deliverBy !== undefined && !Number.isSafeInteger(deliverBy)) ||
    typeof sendId !== "string" ||
    typeof senderId !== "string"
  )
    return undefined;
  return { attempt, sendId, senderId, createdAt, ...(deliverBy === undefined ? {} : { deliverBy }) };
}

function decodeDelivery(
  document: Document,
  head: AnyCopy,
  text: string,
  traceparent: string | undefined,
): DeliveryCopy | undefined {
  const { eventId, endpointId, eventType, requestHash, forced = false, endpoint, headers } = document;
  const slotAt = document.slotAt === undefined ? undefined : Number(document.slotAt);
  const known = endpoint === undefined ? undefined : decodeEndpoint(endpoint);
  const event = headers === undefined ? undefined : decodeEvent(document, text, traceparent);
  if (
    typeof eventId !== "string" ||
    typeof endpointId !== "string" ||
    typeof eventType !== "string" ||
    typeof requestHash !== "string" ||
    typeof forced !== "boolean" ||
    (slotAt !== undefined && !Number.isSafeInteger(slotAt)) ||
    (endpoint !== undefined && known === undefined) ||
    (headers !== undefined && event === undefined)
  )
    return undefined;
  return {
    ...head,
    eventId,
    endpointId,
    eventType,
    requestHash,
    forced,
    ...(slotAt === undefined ? {} : { slotAt }),
    ...(known === undefined ? {} : { endpoint: known }),
    ...(event === undefined ? {} : { event }),
  };
}

function decodeEvent(
  document: Document,
  text: string,
  traceparent: string | undefined,
): EventPayload | undefined {
  const carried = decodeCarried(document, text, traceparent);
  return carried?.body === undefined ? undefined : { ...carried, body: carried.body };
}

function decodeEndpoint(value: unknown): KnownEndpoint | undefined {
  if (!isRecord(value)) return undefined;
  const { url, headers, svixHeaders, state, generation, sealedSecret, previousSecrets, gate, readAt } = value;
  const valid =
    typeof url === "string" &&
    isTextRecord(headers) &&
    typeof svixHeaders === "boolean" &&
    typeof state === "string" &&
    typeof generation === "number" &&
    (sealedSecret === undefined || typeof sealedSecret === "string") &&
    (previousSecrets === undefined || isPreviousSecrets(previousSecrets)) &&
    (gate === undefined || isGate(gate)) &&
    typeof readAt === "number";
  return valid ? (value as unknown as KnownEndpoint) : undefined;
}

function isPreviousSecrets(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (one) => isRecord(one) && typeof one.generation === "number" && typeof one.validUntil === "number",
    )
  );
}

function isGate(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { probe } = value;
  return (
    probe === undefined ||
    (isRecord(probe) && typeof probe.messageId === "string" && typeof probe.attempt === "number")
  );
}

type Carried = Omit<Payload, "targetUrl" | "method">;

function decodeCarried(
  document: Document,
  text: string,
  traceparent: string | undefined,
): Carried | undefined {
  const { headers, metadata, tracestate, bodyText } = document;
  if (
    !isTextRecord(headers) ||
    (metadata !== undefined && !isTextRecord(metadata)) ||
    (tracestate !== undefined && typeof tracestate !== "string") ||
    (bodyText !== undefined && typeof bodyText !== "string")
  )
    return undefined;
  const body = bodyText ?? memberOf(text, "body");
  return {
    headers,
    ...(body === undefined ? {} : { body }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
}

/**
 * SQS takes the characters XML 1.0 allows, which leaves out U+FFFE and U+FFFF; some servers that speak its
 * protocol also stumble over characters beyond the basic plane. All of them stand inside JSON strings here,
 * where an escape means the same.
 */
function escapeForQueue(json: string): string {
  return json.replace(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}
