/** The copy: the JSON document that travels through the queue. It holds all the worker needs, so it reads nothing. */
import { memberOf } from "../json-source.ts";
import type { Message, Payload } from "./message.ts";

const VERSION = 1;

export interface Copy {
  /** The attempt this copy is meant to start. All copies of one attempt are equal. */
  readonly attempt: number;
  /** Which enqueue made it; for the logs. */
  readonly sendId: string;
  readonly senderId: string;
  readonly createdAt: number;
  readonly deliverBy?: number;
  readonly payload: Payload;
}

/** The copy of a message that has just been marked QUEUED. */
export function encodeCopy(message: Message, payload: Payload): string {
  const head = JSON.stringify({
    version: VERSION,
    attempt: message.attempt + 1,
    sendId: message.sendId,
    senderId: message.senderId,
    createdAt: message.createdAt,
    deliverBy: message.deliverBy,
    targetUrl: payload.targetUrl,
    method: payload.method,
    headers: payload.headers,
    metadata: payload.metadata,
    tracestate: payload.tracestate,
  });
  return `${escapeForQueue(head).slice(0, -1)}${bodyMember(payload.body)}}`;
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
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(document) || Number(document.version) !== VERSION) return undefined;
  const attempt = Number(document.attempt);
  const createdAt = Number(document.createdAt);
  const deliverBy = document.deliverBy === undefined ? undefined : Number(document.deliverBy);
  const { sendId, senderId, targetUrl, method, headers, metadata, tracestate, bodyText } = document;
  const valid =
    Number.isSafeInteger(attempt) &&
    attempt > 0 &&
    Number.isSafeInteger(createdAt) &&
    (deliverBy === undefined || Number.isSafeInteger(deliverBy)) &&
    typeof sendId === "string" &&
    typeof senderId === "string" &&
    typeof targetUrl === "string" &&
    typeof method === "string" &&
    isTextRecord(headers) &&
    (metadata === undefined || isTextRecord(metadata)) &&
    (tracestate === undefined || typeof tracestate === "string") &&
    (bodyText === undefined || typeof bodyText === "string");
  if (!valid) return undefined;
  const body = bodyText ?? memberOf(text, "body");
  return {
    attempt,
    sendId,
    senderId,
    createdAt,
    ...(deliverBy === undefined ? {} : { deliverBy }),
    payload: {
      targetUrl,
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    },
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
