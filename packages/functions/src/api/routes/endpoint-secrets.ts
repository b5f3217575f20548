/** The secrets of an endpoint: what its receiver verifies with, now and while a rotation overlaps. */
import { SECOND } from "@homing/core/duration";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { rotationInputSchema } from "@homing/core/endpoint/endpoint-input";
import { endpointSecretsInForce } from "@homing/core/endpoint/endpoint-secret";
import { rotateSecret } from "@homing/core/endpoint/manage";
import { formatTimestamp } from "@homing/core/message/timestamp";
import { Hono } from "hono";
import type { EndpointSecret } from "../answers/endpoint.ts";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { onceOnly } from "../once-only.ts";
import { describe } from "../openapi/describe.ts";
import { MAX_SMALL_BYTES } from "../requests/body-limits.ts";
import { readOptionalBody, refuseQuery } from "../validate.ts";
import { visibleEndpoint } from "../visible-endpoint.ts";

export function endpointSecretRoutes(deps: RouteDependencies) {
  const { existing } = visibleEndpoint(deps);

  const shown = (endpoint: Endpoint): EndpointSecret => {
    const { secret, previous } = endpointSecretsInForce(deps.signingMaster, endpoint, deps.clock.now());
    return {
      secret,
      previous: previous.map((old) => ({ ...old, validUntil: formatTimestamp(old.validUntil) })),
    };
  };

  return new Hono<ApiEnv>()
    .get(
      "/v1/endpoints/:endpointId/secret",
      describe({
        operationId: "getEndpointSecret",
        tag: "Endpoints",
        summary: "Show the secrets of an endpoint",
        description:
          "Deliveries to it are signed with this secret (Standard Webhooks), not with its sender's, and with those that it replaced until their time is over.",
        path: ["endpointId"],
        answers: { 200: { schema: "SigningSecrets", description: "The secrets in force." } },
        problems: ["NOT_FOUND"],
      }),
      async (c) => {
        const endpoint = await existing(c, "endpoints");
        refuseQuery(c);
        return c.json(shown(endpoint));
      },
    )
    .post(
      "/v1/endpoints/:endpointId/rotate",
      describe({
        operationId: "rotateEndpointSecret",
        tag: "Endpoints",
        summary: "Give an endpoint another secret",
        description:
          "Deliveries are signed with it within 20 seconds, and with the old one as well until `graceSeconds` are over; with at most 5 old ones. Not to be repeated blindly: each call makes a new one.",
        path: ["endpointId"],
        body: { schema: "RotationInput", example: "rotationInput", optional: true },
        answers: {
          200: {
            schema: "SigningSecrets",
            description: "The secrets in force.",
            example: "rotatedSigningSecrets",
          },
        },
        problems: ["NOT_FOUND", "CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
      }),
      async (c) => {
        const endpoint = await existing(c, "endpoints");
        const { secret, graceSeconds } = await readOptionalBody(c, rotationInputSchema, MAX_SMALL_BYTES);
        const rotation = { graceMs: graceSeconds * SECOND, ...(secret === undefined ? {} : { secret }) };
        return c.json(shown(await onceOnly(() => rotateSecret(deps, endpoint, rotation))));
      },
    );
}
