/** Makes openapi.json, from what the routes say of themselves; only tests do so. */
import { type Env, Hono, type Schema } from "hono";
import { describeRoute, generateSpecs } from "hono-openapi";
import { descriptionOf } from "./describe.ts";
import { operationOf } from "./operation.ts";
import { ANSWER_HEADERS, problemResponses } from "./parts.ts";
import { componentSchemas } from "./schemas.ts";
import { WEBHOOKS } from "./webhooks.ts";

const DESCRIPTION = `Delivers HTTP messages for producers: webhooks, notifications, calls to other services.

Every accepted message comes home: it is COMPLETED, FAILED with a reason, CANCELLED, or visibly waiting with a time at which something will happen to it.

A request is refused in this order: 401, 404 or 405, 403, 429, 415, 413, 400. Every refusal is a problem document (RFC 9457); \`retryable\` says whether repeating this very call is safe and useful. Every answer carries \`x-correlation-id\`.

The rate limit is each sender's: 1,000 requests a second, 2,000 at once after a rest; a batch counts once for each message. A key of all senders, and one with the scope operate, has the same limit for itself: a producer that runs away does not lock the operator out. It is kept in each process, so that it guards a process against one caller; it is no quota.`;

export type OpenApiDocument = Awaited<ReturnType<typeof generateSpecs>>;

/** The OpenAPI 3.1 document of an app, from what its routes say of themselves. */
export function documentOf<E extends Env, S extends Schema>(app: Hono<E, S>): Promise<OpenApiDocument> {
  const described = new Hono();
  for (const { method, path, handler } of app.routes) {
    const description = descriptionOf(handler);
    if (description) described.on(method, path, describeRoute(operationOf(description)));
  }
  return generateSpecs(described, {
    excludeStaticFile: false,
    documentation: {
      info: { title: "Homing", version: "1.0.0", description: DESCRIPTION, license: { name: "MIT" } },
      servers: [{ url: "/" }],
      security: [{ key: [] }],
      tags: [
        { name: "Messages", description: "Send messages, see what became of them, retry and cancel." },
        {
          name: "Order",
          description:
            "Messages with an `orderingKey` are delivered one at a time, in the order in which they were accepted. Those of one sender with one key are a lane.",
        },
        {
          name: "Events",
          description: "Send an event once: it is delivered to every endpoint of its sender that matches.",
        },
        {
          name: "Endpoints",
          description: "Registered targets of a sender, and which of its events each is to get.",
        },
        { name: "Keys", description: "API keys, and the secrets that deliveries are signed with." },
        { name: "Service", description: "Open to everybody." },
      ],
      webhooks: WEBHOOKS,
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key, or the operator key." },
        },
        headers: ANSWER_HEADERS,
        responses: problemResponses(),
        schemas: componentSchemas(),
      },
    },
  });
}
