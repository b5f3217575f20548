/** The request of an attempt, as far as what is stored can tell: secrets come masked from the API, and signatures are not kept. */
import type { Attempt, Message } from "../api/types.ts";

type Described = Pick<
  Message,
  "messageId" | "eventId" | "eventType" | "orderingKey" | "sequence" | "method" | "targetUrl" | "headers"
>;

export interface SentBody {
  /** Absent: none. */
  readonly text: string | undefined;
  /** Sent as text; else as JSON. */
  readonly isString: boolean;
}

/** Made anew for each attempt, and not kept. */
export const NOT_KEPT = ["webhook-signature", "traceparent", "x-correlation-id"] as const;

/** The producer's headers, and those of Homing's own that follow from what is stored. */
export function headersAsSent(
  message: Described,
  body: SentBody,
  attempt: Pick<Attempt, "startedAt"> | undefined,
): Readonly<Record<string, string>> {
  const given = message.headers ?? {};
  const has = (name: string) => Object.keys(given).some((one) => one.toLowerCase() === name);
  const type = body.isString ? "text/plain; charset=utf-8" : "application/json";
  return {
    ...given,
    ...(body.text === undefined || has("content-type") ? {} : { "content-type": type }),
    ...(has("user-agent") ? {} : { "user-agent": "Homing/1.0" }),
    "webhook-id": message.eventId ?? message.messageId,
    ...(attempt?.startedAt === undefined
      ? {}
      : { "webhook-timestamp": String(Math.floor(Date.parse(attempt.startedAt) / 1_000)) }),
    ...(message.eventType ? { "webhook-event-type": message.eventType } : {}),
    ...(message.orderingKey !== undefined && message.sequence !== undefined
      ? { "webhook-ordering-key": message.orderingKey, "webhook-sequence": String(message.sequence) }
      : {}),
  };
}

/** The same request for a shell, without what is not kept. */
export function curlOf(
  message: Described,
  body: SentBody,
  attempt: Pick<Attempt, "startedAt" | "targetUrl"> | undefined,
): string {
  const headers = Object.entries(headersAsSent(message, body, attempt)).map(([name, value]) =>
    // curl leaves out a header that ends with its colon.
    value === "" ? `-H ${quoted(`${name};`)}` : `-H ${quoted(`${name}: ${value}`)}`,
  );
  return [
    `curl -X ${message.method ?? "POST"} ${quoted(attempt?.targetUrl ?? message.targetUrl ?? "")}`,
    ...headers,
    ...(body.text === undefined ? [] : [`--data-raw ${quoted(body.text)}`]),
  ].join(" \\\n  ");
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
