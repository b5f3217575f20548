import { PAGES } from "../packages/functions/src/api/docs/pages.ts";
import { dashboardLink, dashboardOrigin } from "./edge.ts";
import { deadLetterQueue, deadLetterQueueLink, queue, queueLink } from "./queue.ts";
import { operatorKey, signingMaster } from "./secrets.ts";
import { indexArn, table, tableLink } from "./table.ts";
import { stage } from "./this-stage.ts";

export const api = new sst.aws.Function("Api", {
  description: "Answers the HTTP API: accepts messages, shows them, manages keys",
  handler: "packages/functions/src/lambda/api.handler",
  // What it makes the pages at /docs of, when they are asked for.
  copyFiles: PAGES.map(({ file }) => ({ from: file })),
  memory: `${stage.memoryMegabytes.api} MB`,
  timeout: `${stage.timeoutSeconds.api} seconds`,
  link: [tableLink, queueLink, deadLetterQueueLink, dashboardLink, operatorKey, signingMaster],
  permissions: [
    {
      actions: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
      ],
      resources: [table.arn],
    },
    {
      actions: ["dynamodb:Query"],
      resources: (["list", "due", "sender", "attention", "endpoint"] as const).map(indexArn),
    },
    { actions: ["sqs:SendMessage", "sqs:GetQueueAttributes"], resources: [queue.arn] },
    { actions: ["sqs:GetQueueAttributes"], resources: [deadLetterQueue.arn] },
  ],
});

export const gateway = new sst.aws.ApiGatewayV2("Gateway", {
  ...(stage.domain ? { domain: `api.${stage.domain}` } : {}),
  cors: {
    allowOrigins: [dashboardOrigin],
    allowMethods: ["GET", "POST", "PATCH", "DELETE"],
    allowHeaders: ["authorization", "content-type", "idempotency-key", "x-correlation-id"],
    exposeHeaders: [
      "allow",
      "idempotent-replayed",
      "ratelimit",
      "ratelimit-policy",
      "retry-after",
      "x-correlation-id",
    ],
    maxAge: "1 hour",
  },
  transform: {
    logGroup: { retentionInDays: stage.logRetentionDays },
    stage: {
      defaultRouteSettings: {
        throttlingRateLimit: stage.throttle.ratePerSecond,
        throttlingBurstLimit: stage.throttle.burst,
      },
    },
  },
});

/** One route: the application knows its paths, and its 404 and 405 are problem documents like the rest. */
gateway.route("$default", api.arn, { name: "Default" });

/** For `npm run keys` under `sst shell`. */
export const apiLink = new sst.Linkable("HomingApi", { properties: { url: gateway.url } });
