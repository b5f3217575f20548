import { deadLetterQueueLink, queue, queueLink } from "./queue.ts";
import { indexArn, table, tableLink } from "./table.ts";
import { stage } from "./this-stage.ts";

export const reconciler = new sst.aws.Function("Reconciler", {
  description: "Finds every message whose time has come and nothing has happened",
  handler: "packages/functions/src/lambda/reconciler.handler",
  memory: `${stage.memoryMegabytes.reconciler} MB`,
  timeout: `${stage.timeoutSeconds.reconciler} seconds`,
  // A failed run is not repeated: the next one starts within the minute and finds the same messages.
  retries: 0,
  link: [tableLink, queueLink, deadLetterQueueLink],
  permissions: [
    {
      actions: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      resources: [table.arn],
    },
    { actions: ["dynamodb:Query"], resources: (["due", "attention", "list"] as const).map(indexArn) },
    { actions: ["sqs:SendMessage"], resources: [queue.arn] },
  ],
  transform: {
    // A run that had to wait for a free Lambda for a minute is worth nothing: another has been started.
    eventInvokeConfig: { maximumEventAgeInSeconds: 60 },
  },
});

/** One schedule: the groups are inside a run, which works on several groups of shards side by side. */
export const schedule = new sst.aws.CronV2("ReconcilerCron", {
  schedule: "rate(1 minute)",
  function: reconciler.arn,
  retries: 0,
});
