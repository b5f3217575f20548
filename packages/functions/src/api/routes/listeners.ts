/** For a listener, which delivers what is held for a PAUSED endpoint in the worker's place. */
import { cutUtf8 } from "@homing/core/delivery/attempt-record";
import { KEPT_RESPONSE_BYTES } from "@homing/core/delivery/conclude";
import type { OutgoingRequest, RequestResult } from "@homing/core/delivery/http-client";
import { SECOND } from "@homing/core/duration";
import { validationError } from "@homing/core/error";
import { answerTaken } from "@homing/core/listen/answer-taken";
import { takeHeld } from "@homing/core/listen/take-held";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { Hono } from "hono";
import type * as v from "valibot";
import { createEchoMask } from "../../egress/echoed-secrets.ts";
import { keepHeaders } from "../../egress/response-headers.ts";
import { createSigningSecrets } from "../../signing-secrets.ts";
import type { AnsweredDelivery, TakenDeliveries } from "../answers/listener.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { MAX_ANSWER_BYTES, MAX_SMALL_BYTES } from "../requests/body-limits.ts";
import { deliveryAnswerSchema, takeSchema } from "../requests/listener.ts";
import { jsonBody, readOptionalBody } from "../validate.ts";
import { visibleEndpoint } from "../visible-endpoint.ts";

export function listenerRoutes(deps: RouteDependencies) {
  const { clock, keyStore, settings, signingMaster } = deps;
  const { existing } = visibleEndpoint(deps);
  const signingSecrets = createSigningSecrets({ master: signingMaster, senders: keyStore, clock });

  return new Hono<ApiEnv>()
    .post(
      "/v1/endpoints/:endpointId/take",
      describe({
        operationId: "takeHeldDeliveries",
        tag: "Endpoints",
        summary: "Take deliveries that an endpoint holds, to make them yourself",
        description:
          "For a listener, such as `homing listen`: what a PAUSED endpoint holds and is due now, oldest first. Each is claimed as by a worker: make its request at once and answer what came of it, or its attempt counts as UNKNOWN once the lease is over, and it is held anew. May be repeated: what was given by an answer that was lost is held anew, too.",
        path: ["endpointId"],
        body: { schema: "TakeInput", example: "takeInput", optional: true },
        answers: {
          200: { schema: "TakenDeliveries", description: "Those that are yours now; there may be none." },
        },
        problems: ["NOT_FOUND", "CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      async (c) => {
        const readAt = clock.now();
        const endpoint = await existing(c, "endpoints");
        const { limit } = await readOptionalBody(c, takeSchema, MAX_SMALL_BYTES);
        const asked = { limit, correlationId: c.get("correlationId"), readAt };
        const taken = await takeHeld({ ...deps, signingSecrets }, endpoint, asked);
        return c.json<TakenDeliveries>({
          deliveries: taken.map(({ message, claimId, request }) => ({
            messageId: message.messageId,
            eventId: message.eventId,
            attempt: message.attempt,
            claimId,
            request: {
              method: request.method,
              headers: request.headers.map(([name, value]) => ({ name, value })),
              ...(request.body === undefined ? {} : { body: request.body }),
            },
          })),
          leaseSeconds: settings.leaseMs / SECOND,
          timeoutSeconds: settings.deliveryTimeoutMs / SECOND,
        });
      },
    )
    .post(
      "/v1/endpoints/:endpointId/answer",
      describe({
        operationId: "answerTakenDelivery",
        tag: "Endpoints",
        summary: "Tell what came of a delivery that you have taken",
        description:
          "It counts as the answer to a worker: 2xx completes the message, 410 ends it and disables the endpoint, everything else is retried by the schedule, for a PAUSED endpoint by whoever takes it then. May be repeated. CONFLICT if the lease was over and the delivery has been taken away.",
        path: ["endpointId"],
        body: { schema: "DeliveryAnswer", example: "deliveryAnswer" },
        answers: { 200: { schema: "AnsweredDelivery", description: "What has become of the message." } },
        problems: ["NOT_FOUND", "CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      async (c, next) => {
        c.set("endpoint", await existing(c, "endpoints"));
        await next();
      },
      jsonBody(deliveryAnswerSchema, MAX_ANSWER_BYTES),
      async (c) => {
        const endpoint = c.get("endpoint");
        if (endpoint === undefined) throw new Error("the endpoint is found before the body is read");
        const answer = c.req.valid("json");
        const { messageId, claimId } = answer;
        const correlationId = c.get("correlationId");
        refuseUnclear(answer);
        const result = (sent: OutgoingRequest["headers"]) => resultOf(answer, sent);
        const taken = { messageId, claimId, result, correlationId };
        const message = await answerTaken(deps, endpoint, taken);
        const { status, failureReason, notBefore } = message;
        return c.json<AnsweredDelivery>({
          messageId,
          status,
          ...(failureReason === undefined ? {} : { failureReason }),
          ...(notBefore === undefined ? {} : { nextAttemptAt: formatTimestamp(notBefore) }),
        });
      },
    );
}

type Answer = v.InferOutput<typeof deliveryAnswerSchema>;

function refuseUnclear({ responseStatus, errorCode }: Answer): void {
  if ((responseStatus === undefined) === (errorCode === undefined))
    throw validationError([
      { path: "responseStatus", message: "must be given if there is no errorCode, and only then" },
    ]);
}

/** As the worker's own client keeps it: shortened, and without the secrets that it may echo. */
function resultOf(answer: Answer, sent: OutgoingRequest["headers"]): RequestResult {
  const { durationMs, responseStatus, responseHeaders = {}, responseBody = "" } = answer;
  if (responseStatus === undefined) {
    const { errorCode = "NETWORK_ERROR", errorDetail = "as its listener tells" } = answer;
    return { kind: "error", code: errorCode, detail: errorDetail, durationMs };
  }
  const mask = createEchoMask(sent);
  const isCut = answer.responseTruncated === true;
  const text = mask(responseBody, isCut);
  const body = cutUtf8(text, KEPT_RESPONSE_BYTES);
  const headers = Object.entries(keepHeaders(lowerCase(responseHeaders)));
  return {
    kind: "response",
    status: responseStatus,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, mask(value)])),
    body,
    ...(isCut || body !== text ? { truncated: "SIZE" } : {}),
    durationMs,
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
