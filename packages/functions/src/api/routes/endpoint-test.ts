/** One event by hand, to see whether an endpoint's receiver answers. */
import { endpointTestSchema } from "@homing/core/endpoint/endpoint-input";
import { HomingError, validationError } from "@homing/core/error";
import { acceptEvents } from "@homing/core/event/accept-event";
import { deliveryIdOf } from "@homing/core/event/event-id";
import { checkEventInput } from "@homing/core/event/event-input";
import { MAX_BODY_BYTES } from "@homing/core/message/message-input";
import { Hono } from "hono";
import type { EndpointTested } from "../answers/endpoint.ts";
import { withBodyAsWritten } from "../check-message.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { describe } from "../openapi/describe.ts";
import { readOptionalBody } from "../validate.ts";
import { visibleEndpoint } from "../visible-endpoint.ts";

const DEFAULT_BODY = { test: true };

export function endpointTestRoutes(deps: RouteDependencies) {
  const { existing } = visibleEndpoint(deps);
  return new Hono<ApiEnv>().post(
    "/v1/endpoints/:endpointId/test",
    describe({
      operationId: "testEndpoint",
      tag: "Endpoints",
      summary: "Send an event to an endpoint to try it",
      description:
        "It goes to this endpoint alone, whatever its types, its channels and its state: also to a paused or disabled one. Later attempts, if the first fails, go by the state.",
      path: ["endpointId"],
      body: { schema: "EndpointTest", example: "endpointTest", optional: true },
      answers: { 202: { schema: "EndpointTested", description: "Stored." } },
      problems: ["NOT_FOUND", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
    }),
    async (c) => {
      const endpoint = await existing(c, "endpoints");
      const { senderId, endpointId } = endpoint;
      const { eventType, body = DEFAULT_BODY } = await readOptionalBody(
        c,
        endpointTestSchema,
        MAX_BODY_BYTES,
        withBodyAsWritten,
      );
      const checked = checkEventInput(
        { eventType, body, endpointId },
        { now: deps.clock.now(), defaultSenderId: senderId },
      );
      if ("errors" in checked) throw validationError(checked.errors);
      const request = { input: checked.input, correlationId: c.get("correlationId"), trial: endpoint };
      const [result] = await acceptEvents(deps, [request]);
      if (result === undefined) throw new Error("acceptEvents answers every request");
      if (result instanceof HomingError) throw result;
      // As for every event: one request, and one more for its delivery.
      deps.admission.charge(c, 1);
      const { eventId } = result.event;
      c.set("logFields", { senderId, endpointId, eventId });
      return c.json<EndpointTested>({ eventId, messageId: deliveryIdOf(eventId, endpointId) }, 202);
    },
  );
}
