import { randomBytes } from "node:crypto";
import type { Copy } from "../message/copy.ts";
import type { Message } from "../message/message.ts";
import { deliveredBody } from "../message/message-input.ts";
import type { OutgoingRequest } from "./http-client.ts";
import { signatureHeaders } from "./sign.ts";
import { continueTrace } from "./traceparent.ts";

/** Where the secrets come from that a sender's deliveries are signed with; two while a rotation overlaps. */
export interface SigningSecrets {
  forSender(senderId: string): Promise<readonly string[]>;
}

const USER_AGENT = "Homing/1.0";

interface RequestFacts {
  readonly message: Pick<Message, "messageId">;
  readonly copy: Copy;
  readonly correlationId: string;
  readonly now: number;
  readonly secrets: readonly string[];
}

/** The request of one attempt: the producer's method, headers and body as written, and Homing's own headers. */
export function buildRequest({ message, copy, correlationId, now, secrets }: RequestFacts): OutgoingRequest {
  const { payload } = copy;
  const body = payload.body === undefined ? undefined : deliveredBody(payload.body);
  const given = Object.entries(payload.headers);
  const has = (name: string) => given.some(([other]) => other.toLowerCase() === name);
  const defaults: Array<[string, string]> = [];
  if (body !== undefined && !has("content-type")) defaults.push(["content-type", contentType(payload.body)]);
  if (!has("user-agent")) defaults.push(["user-agent", USER_AGENT]);
  const signature = signatureHeaders({
    messageId: message.messageId,
    timestampMs: now,
    body: body ?? "",
    secrets,
  });
  return {
    url: payload.targetUrl,
    method: payload.method,
    headers: [
      ...given,
      ...defaults,
      ...Object.entries(signature),
      ["traceparent", continueTrace(payload.traceparent, randomBytes)],
      // Of another trace than the one that is continued it would be a lie.
      ...(payload.traceparent === undefined || payload.tracestate === undefined
        ? []
        : [["tracestate", payload.tracestate] as const]),
      ["x-correlation-id", correlationId],
    ],
    ...(body === undefined ? {} : { body }),
  };
}

function contentType(body: string | undefined): string {
  return body?.startsWith('"') ? "text/plain; charset=utf-8" : "application/json";
}
