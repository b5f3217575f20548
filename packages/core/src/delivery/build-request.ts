import type { Endpoint } from "../endpoint/endpoint.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { random } from "../id.ts";
import type { Message, Payload } from "../message/message.ts";
import { deliveredBody } from "../message/message-input.ts";
import type { OutgoingRequest } from "./http-client.ts";
import { type SignatureHeaders, signatureHeaders } from "./sign.ts";
import { continueTrace } from "./traceparent.ts";

/** Where the secrets come from that a sender's deliveries are signed with; two while a rotation overlaps. */
export interface SigningSecrets {
  forSender(senderId: string): Promise<readonly string[]>;
  /** Of deliveries to an endpoint, instead of its sender's. */
  forEndpoint(
    endpoint: Pick<Endpoint, "senderId" | "endpointId"> & Omit<KnownEndpoint, "readAt">,
  ): readonly string[];
}

const USER_AGENT = "Homing/1.0";

interface RequestFacts {
  /** What the receiver knows the request by, and every repetition of it. */
  readonly id: string;
  readonly payload: Payload;
  /** The event that it brings, if it brings one. */
  readonly event?: { readonly eventType: string; readonly svixHeaders: boolean };
  /** Its place among those that wait for each other, if it has one. */
  readonly order?: Pick<Message, "orderingKey" | "sequence">;
  readonly correlationId: string;
  readonly now: number;
  readonly secrets: readonly string[];
}

/** The request of one attempt: the producer's method, headers and body as written, and Homing's own headers. */
export function buildRequest(facts: RequestFacts): OutgoingRequest {
  const { id, payload, event, order, correlationId, now, secrets } = facts;
  const body = payload.body === undefined ? undefined : deliveredBody(payload.body);
  const signature = signatureHeaders({ messageId: id, timestampMs: now, body: body ?? "", secrets });
  const own = [
    ...Object.entries(signature),
    ...(event ? [["webhook-event-type", event.eventType] as const] : []),
    ...(event?.svixHeaders ? svixHeaders(signature) : []),
    ...orderHeaders(order),
  ];
  const ownNames = new Set(own.map(([name]) => name));
  const given = Object.entries(payload.headers).filter(([name]) => !ownNames.has(name.toLowerCase()));
  const has = (name: string) => given.some(([other]) => other.toLowerCase() === name);
  const defaults: Array<[string, string]> = [];
  if (body !== undefined && !has("content-type")) defaults.push(["content-type", contentType(payload.body)]);
  if (!has("user-agent")) defaults.push(["user-agent", USER_AGENT]);
  return {
    url: payload.targetUrl,
    method: payload.method,
    headers: [
      ...given,
      ...defaults,
      ...own,
      ["traceparent", continueTrace(payload.traceparent, random)],
      // Of another trace than the one that is continued it would be a lie.
      ...(payload.traceparent === undefined || payload.tracestate === undefined
        ? []
        : [["tracestate", payload.tracestate] as const]),
      ["x-correlation-id", correlationId],
    ],
    ...(body === undefined ? {} : { body }),
  };
}

/** The same under the names that Svix's receivers look for. */
function svixHeaders(signature: SignatureHeaders): Array<[string, string]> {
  return Object.entries(signature).map(([name, value]) => [name.replace(/^webhook-/, "svix-"), value]);
}

/** By these a target that remembers the highest number of each key can tell what comes late. */
function orderHeaders({ orderingKey, sequence }: RequestFacts["order"] = {}): Array<[string, string]> {
  if (orderingKey === undefined || sequence === undefined) return [];
  return [
    ["webhook-ordering-key", orderingKey],
    ["webhook-sequence", String(sequence)],
  ];
}

function contentType(body: string | undefined): string {
  return body?.startsWith('"') ? "text/plain; charset=utf-8" : "application/json";
}
