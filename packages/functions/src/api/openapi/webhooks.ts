/** What Homing itself asks of others: the requests that receivers get, for whoever writes one. */
import { ANNOUNCED_TYPES, OPERATIONS_SENDER } from "@homing/core/endpoint/announcement";
import type { OpenAPIV3_1 } from "openapi-types";
import { EXAMPLES } from "./examples.ts";

interface Header {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** Absent: on every request. */
  readonly optional?: true;
}

/** The secret with which the example is signed. */
export const EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const timestamp: Header = {
  name: "webhook-timestamp",
  description:
    "When this attempt began, in seconds since 1970. Refuse what is more than five minutes off: it may be a replay.",
  example: "1795311000",
};

const signature: Header = {
  name: "webhook-signature",
  description: `\`v1,\` and the HMAC-SHA-256, in base64, over \`webhook-id.webhook-timestamp.\` and the bytes of the body, as Standard Webhooks says. While a secret is being replaced there are several, separated by spaces: one match is enough. The example's secret is \`${EXAMPLE_SECRET}\`.`,
  example: "v1,QEsO3t31mA8ltbTO+zFV/wjPJMa7YMNlGusEWCJUaRU=",
};

const others: readonly Header[] = [
  {
    name: "content-type",
    description:
      "`application/json`, or what the producer gave. A body that is one JSON string is sent as its text, as `text/plain; charset=utf-8`.",
    example: "application/json",
  },
  { name: "user-agent", description: "`Homing/1.0`, unless the producer gave one.", example: "Homing/1.0" },
  {
    name: "traceparent",
    description: "W3C Trace Context: the producer's trace with a span of this attempt, or a new trace.",
    example: "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01",
  },
  {
    name: "tracestate",
    description: "With the producer's trace, if it sent one.",
    example: "rojo=00f067aa0ba902b7",
    optional: true,
  },
  {
    name: "x-correlation-id",
    description: "Of the call that sent it: quote it when you ask its producer.",
    example: "checkout-7f3a",
  },
];

const ANSWERED =
  "Delivery is at least once: remember `webhook-id`, and answer 2xx without acting when it comes again. Redirects are not followed.";

const text = (description: string) => ({ type: "string" as const, description });
const time = (description: string) => ({ type: "string" as const, format: "date-time", description });

const OPERATIONS_BODY = {
  type: "object" as const,
  required: ["type", "timestamp", "data"],
  properties: {
    type: { ...text("The same as `webhook-event-type`."), enum: [...ANNOUNCED_TYPES] },
    timestamp: time("When it happened."),
    data: {
      type: "object" as const,
      required: ["senderId", "endpointId", "state"],
      properties: {
        senderId: text("Whose endpoint it is."),
        endpointId: text("`GET /v1/endpoints/:id` shows it as it is now."),
        description: text("Of the endpoint, if it has one."),
        origin: text("Of its URL; never more, the rest may be secret."),
        state: text("Of the endpoint, before what happened."),
        reason: { ...text("Of `endpoint.disabled`."), enum: ["FAILING", "GONE"] },
        failingSince: time("Since then every attempt has failed; not in `message.failed`."),
        failures: { type: "integer" as const, description: "How many attempts." },
        lastFailure: {
          type: "object" as const,
          description: "`at`, `messageId` and `responseStatus` or `errorCode`.",
        },
        messageId: text("Of `message.failed`: the first that failed. Others may have failed as well."),
        eventId: text("Of `message.failed`."),
        eventType: text("Of `message.failed`: the type of the event that could not be delivered."),
        failureReason: text("Of `message.failed`."),
        attempts: { type: "integer" as const, description: "Of `message.failed`." },
        responseStatus: {
          type: "integer" as const,
          description: "Of `message.failed`: the last one, if any.",
        },
      },
    },
  },
};

export const WEBHOOKS = {
  event: {
    post: {
      ...what(
        "receiveEvent",
        "An event, at an endpoint that it matches",
        "Signed with the endpoint's own secret. Headers that the event or the endpoint name come as well, and for endpoints with `svixHeaders` id, timestamp and signature also as `svix-id`, `svix-timestamp` and `svix-signature`.",
      ),
      parameters: parametersOf([
        {
          name: "webhook-id",
          description: "The event's id: the same in every attempt, and at every endpoint.",
          example: "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5",
        },
        timestamp,
        signature,
        { name: "webhook-event-type", description: "What has happened.", example: "invoice.paid" },
        ...others,
      ]),
      requestBody: body(
        true,
        "The event's body, as its producer wrote it, without insignificant white space.",
      ),
      responses: {
        "2XX": { description: "Taken: the delivery is COMPLETED." },
        "410": { description: "Gone for good: the delivery fails, and the endpoint is disabled." },
        default: {
          description:
            "Anything else, and no answer: tried again by the schedule, later if `retry-after` asks for it.",
        },
      },
    },
  },
  operations: {
    post: {
      ...what(
        "receiveOperations",
        "What has become of an endpoint, for operators",
        `An event of the sender \`${OPERATIONS_SENDER}\`, at an endpoint that an operator has registered for it. \`endpoint.failing\`: every attempt has failed for an hour. \`endpoint.disabled\`: Homing has disabled it, after days of failures or because it answered 410. \`endpoint.recovered\`: an attempt has succeeded after \`endpoint.failing\`. \`message.failed\`: a message to it has failed for good; at most once an endpoint and hour. Each is sent once. Headers are those of every event.`,
      ),
      parameters: parametersOf([
        {
          name: "webhook-id",
          description: "The event's id: the same in every attempt.",
          example: "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5",
        },
        timestamp,
        { ...signature, example: "v1,dQSEg4Fqfdq/b6pLKRUv/NwNQ97+0pWM075pP1DxAxo=" },
        { name: "webhook-event-type", description: "What has happened.", example: "endpoint.failing" },
        ...others,
      ]),
      requestBody: {
        ...body(true, "What has happened, and to which endpoint."),
        content: { "application/json": { schema: OPERATIONS_BODY, example: EXAMPLES.operations } },
      },
      responses: { "2XX": { description: "Taken." }, default: { description: "As for every event." } },
    },
  },
  message: {
    post: {
      ...what(
        "receiveMessage",
        "A message, at the target that it names",
        "By POST, unless its producer asked for another method. Signed with its sender's secret. The producer's own headers come as well.",
      ),
      parameters: parametersOf([
        {
          name: "webhook-id",
          description: "The message's id: the same in every attempt.",
          example: "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5",
        },
        timestamp,
        {
          ...signature,
          example: "v1,6NocyNw4o+yQQFnMI+Ql+u67Pko+tb3r8+7M/mPSqhY=",
        },
        {
          name: "webhook-ordering-key",
          description: "With an ordering key: messages with the same one come one at a time, in order.",
          example: "order-4711",
          optional: true,
        },
        {
          name: "webhook-sequence",
          description:
            "With an ordering key: increasing along its messages, with gaps. A request with a lower number than one before it comes late.",
          example: "1764153600018",
          optional: true,
        },
        ...others.map((header) =>
          header.name === "content-type" ? { ...header, optional: true as const } : header,
        ),
      ]),
      requestBody: body(false, "As its producer wrote it; absent if it gave none."),
      responses: {
        "2XX": { description: "Taken: the message is COMPLETED." },
        default: {
          description:
            "408, 409, 425, 429, 5xx and no answer: tried again by the schedule, later if `retry-after` asks for it. Anything else ends the message: it is FAILED.",
        },
      },
    },
  },
};

function what(operationId: string, summary: string, description: string) {
  return { operationId, summary, description: `${description}\n\n${ANSWERED}`, security: [] };
}

function parametersOf(headers: readonly Header[]): OpenAPIV3_1.ParameterObject[] {
  return headers.map(({ name, description, example, optional }) => ({
    in: "header",
    name,
    description,
    required: !optional,
    schema: { type: "string" },
    example,
  }));
}

function body(required: boolean, description: string) {
  return {
    required,
    description,
    content: { "application/json": { schema: {}, example: EXAMPLES.delivered } },
  };
}
