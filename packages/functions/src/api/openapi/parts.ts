/** What routes share in the document: headers and problems, each described once. */
import type { OpenAPIV3_1 } from "openapi-types";
import { EXAMPLES, type ExampleName } from "./examples.ts";
import { refTo } from "./schemas.ts";

type Header = Pick<OpenAPIV3_1.ParameterObject, "description"> & {
  readonly schema: { readonly type: string; readonly pattern?: string };
  readonly example?: string;
};

export const PATH_PARAMETERS = {
  id: { description: "The message's id.", example: "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5" },
  endpointId: { description: "The endpoint's id.", example: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5" },
  eventId: { description: "The event's id.", example: "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5" },
  orderingKey: { description: "The ordering key, percent-encoded.", example: "order-4711" },
  keyId: { description: "The key's id: what stands between `hk_` and the next `_`.", example: "4w8t2m9qxk" },
  senderId: { description: "The sender.", example: "acme" },
  page: { description: "The page's name.", example: "first-message" },
} as const;

export type PathParameterName = keyof typeof PATH_PARAMETERS;

export const REQUEST_HEADERS = {
  "x-correlation-id": {
    description:
      "Taken over into logs, history and deliveries. A new one is made in place of one that is not 1 to 128 of A-Z a-z 0-9 . _ : -",
    schema: { type: "string" },
    example: "checkout-7f3a",
  },
  "idempotency-key": {
    description:
      "The same key and the same request always lead to the same message, which is delivered as the first call wrote it. Belongs to the sender; given once.",
    schema: { type: "string", pattern: "^[\\x20-\\x7e]{1,255}$" },
    example: "order-42-paid",
  },
  traceparent: {
    description: "W3C Trace Context; every attempt continues the trace. Ignored if it is not valid.",
    schema: { type: "string" },
    example: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  },
  tracestate: {
    description:
      "W3C Trace Context; sent with every attempt. Ignored if it is not valid, or `traceparent` is not.",
    schema: { type: "string" },
    example: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
  },
} as const satisfies Record<string, Header>;

export type RequestHeaderName = keyof typeof REQUEST_HEADERS;

export const ANSWER_HEADERS = {
  "x-correlation-id": {
    description: "Of this call: quote it when you ask about it.",
    schema: { type: "string", pattern: "^[A-Za-z0-9._:-]{1,128}$" },
  },
  "idempotent-replayed": {
    description: "`true`: an earlier call with this idempotency key had stored the message already.",
    schema: { type: "string" },
  },
  ratelimit: {
    description:
      'Requests left (`r`), and seconds until there is one (`t`): `"sender";r=1999;t=0`. `"key"` in place of `"sender"` for a key of all senders, or with the scope operate: its limit is its own.',
    schema: { type: "string" },
  },
  "ratelimit-policy": {
    description: 'Requests (`q`) in a window of seconds (`w`): `"sender";q=2000;w=2`.',
    schema: { type: "string" },
  },
  "retry-after": {
    description: "Seconds to wait before the call is repeated.",
    schema: { type: "string", pattern: "^[0-9]+$" },
  },
  "www-authenticate": { description: "`Bearer`.", schema: { type: "string" } },
  allow: { description: "The methods that this path has.", schema: { type: "string" } },
} as const satisfies Record<string, Header>;

export type HeaderName = keyof typeof ANSWER_HEADERS;

interface ProblemPart {
  readonly status: number;
  readonly description: string;
  readonly headers?: readonly HeaderName[];
  readonly example: ExampleName;
}

export const PROBLEMS = {
  VALIDATION_ERROR: {
    status: 400,
    description: "Everything that is wrong with the request, in `errors`. Nothing was stored.",
    example: "invalid",
  },
  UNAUTHORIZED: {
    status: 401,
    description: "No key, or none that is valid.",
    headers: ["www-authenticate"],
    example: "unauthorized",
  },
  FORBIDDEN: {
    status: 403,
    description: "The key lacks the scope, or belongs to another sender.",
    example: "forbidden",
  },
  NOT_FOUND: {
    status: 404,
    description: "There is nothing here, or nothing that this key may see.",
    example: "notFound",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    description: "The path exists under other methods.",
    headers: ["allow"],
    example: "methodNotAllowed",
  },
  CONFLICT: {
    status: 409,
    description:
      "Not possible from `messageStatus`, or with as many keys or endpoints as there are; worth repeating only if `retryable`.",
    example: "conflict",
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    description: "The request is larger than this route takes.",
    example: "tooLarge",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    description: "The body is not said to be JSON.",
    example: "unsupported",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    description: "The sender has used this idempotency key for another request.",
    example: "keyReused",
  },
  PREVIOUS_NOT_ACCEPTED: {
    status: 424,
    description:
      "In a batch: an earlier message with the same ordering key was not accepted, so this one was not either. Send both again, in their order.",
    example: "previousNotAccepted",
  },
  RATE_LIMITED: {
    status: 429,
    description: "Too many requests of this sender, or of this key.",
    headers: ["retry-after", "ratelimit", "ratelimit-policy"],
    example: "rateLimited",
  },
  SYSTEM_ERROR: {
    status: 500,
    description:
      "Repeating cannot help until an operator acts. If `stored`, the message is kept and sent once that is done.",
    example: "refusedByQueue",
  },
  UNAVAILABLE: {
    status: 503,
    description:
      "Queue or storage does not answer. If `stored`, the message is kept, and sent without another call.",
    headers: ["retry-after"],
    example: "unavailable",
  },
} as const satisfies Record<string, ProblemPart>;

export type ProblemName = keyof typeof PROBLEMS;

export function problemResponses(): Record<string, OpenAPIV3_1.ResponseObject> {
  return Object.fromEntries(
    Object.entries<ProblemPart>(PROBLEMS).map(([name, { description, headers = [], example }]) => [
      name,
      {
        description,
        headers: headerRefs(["x-correlation-id", ...headers]),
        content: problemContent(example),
      },
    ]),
  );
}

export function problemContent(example: ExampleName): Record<string, OpenAPIV3_1.MediaTypeObject> {
  return { "application/problem+json": { schema: refTo("Problem"), example: EXAMPLES[example] } };
}

export function headerRefs(names: readonly HeaderName[]): Record<string, OpenAPIV3_1.ReferenceObject> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
