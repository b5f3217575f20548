/** What a producer may ask for an event: the schema, and the rules a schema cannot state. */
import * as v from "valibot";
import { channelsSchema } from "../endpoint/channel.ts";
import { ENDPOINT_ID } from "../endpoint/endpoint-id.ts";
import { eventTypeSchema } from "../endpoint/event-type.ts";
import { FieldErrors } from "../field-errors.ts";
import { checkContentType } from "../message/content-type.ts";
import { checkHeaders, type HeaderLimits } from "../message/headers.ts";
import type { Payload } from "../message/message.ts";
import {
  bodyBytes,
  checkMetadata,
  jsonText,
  MAX_BODY_BYTES,
  metadataSchema,
  senderIdSchema,
  textRecord,
  timestampSchema,
} from "../message/message-input.ts";
import { parseTimestamp } from "../message/timestamp.ts";

/** With those of an endpoint as many as a message may have. */
export const EVENT_HEADER_LIMITS: HeaderLimits = { headers: 40, bytes: 12_288 };

export const eventInputSchema = v.strictObject(
  {
    senderId: v.optional(senderIdSchema),
    eventType: eventTypeSchema,
    body: v.pipe(v.unknown(), v.description("Any JSON value. Sent as it is written, by POST.")),
    channels: v.optional(
      v.pipe(
        channelsSchema,
        v.description("It goes to endpoints that share a channel with it or name none."),
      ),
    ),
    headers: v.optional(
      v.pipe(textRecord, v.description("At most 40, 12 KiB in all. Those of the endpoint come on top.")),
    ),
    metadata: v.optional(metadataSchema),
    deliverBy: v.optional(
      v.pipe(timestampSchema, v.description("Useless after this time: no attempt starts later.")),
    ),
    endpointId: v.optional(
      v.pipe(
        v.string(),
        v.regex(ENDPOINT_ID, "must be the id of an endpoint"),
        v.description("This endpoint alone, whatever its types and channels."),
      ),
    ),
  },
  "must be a JSON object",
);
export type EventInput = v.InferOutput<typeof eventInputSchema>;

/** What every delivery of an event carries; where to is each endpoint's own matter. */
export type EventPayload = Omit<Payload, "targetUrl" | "method"> & Required<Pick<Payload, "body">>;

/** An event as it was asked for, checked and with the defaults filled in. */
export interface AcceptedEventInput {
  readonly senderId: string;
  readonly eventType: string;
  readonly channels?: readonly string[];
  readonly endpointId?: string;
  readonly payload: EventPayload;
  readonly deliverBy?: number;
  readonly idempotencyKey?: string;
}

export interface EventInputContext {
  readonly now: number;
  readonly defaultSenderId: string;
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** Checks what no schema can and fills in the defaults. Answers what is wrong, with the path of each. */
export function checkEventInput(
  input: EventInput,
  context: EventInputContext,
): { input: AcceptedEventInput } | { errors: FieldErrors } {
  const errors = new FieldErrors();
  const { headers = {}, metadata, channels, endpointId } = input;
  for (const { name, message } of checkHeaders(headers, EVENT_HEADER_LIMITS)) {
    errors.add(name === undefined ? "headers" : ["headers", name], message);
  }
  const body = jsonText(input.body);
  for (const { path, message } of checkContentType(headers, body)) errors.add(path, message);
  if (bodyBytes(body) > MAX_BODY_BYTES)
    errors.add("body", "must be at most 262,144 bytes as it is delivered");
  checkMetadata(metadata ?? {}, errors);
  const deliverBy = input.deliverBy === undefined ? undefined : parseTimestamp(input.deliverBy);
  if (deliverBy !== undefined && deliverBy <= context.now) errors.add("deliverBy", "must be in the future");
  if (!errors.isEmpty) return { errors };

  const { traceparent, tracestate, idempotencyKey } = context;
  return {
    input: {
      senderId: input.senderId ?? context.defaultSenderId,
      eventType: input.eventType,
      ...(channels === undefined ? {} : { channels }),
      ...(endpointId === undefined ? {} : { endpointId }),
      payload: {
        headers,
        body,
        ...(metadata === undefined ? {} : { metadata }),
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(tracestate === undefined ? {} : { tracestate }),
      },
      ...(deliverBy === undefined ? {} : { deliverBy }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
  };
}
