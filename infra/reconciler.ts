import { deadLetterQueueLink, queue, queueLink } from "./queue.ts";
import { indexArn, table, tableLink } from "./table.ts";
import { stage } from "./this-stage.ts";

export const reconciler = new sst.aws.Function("Reconciler", {
  description: "Finds every message whose time has come and nothing has happened",
  handler: "packages/functions/src/lambda/reconciler.handler",
  memory: "512 MB",
  timeout: `${stage.timeoutSeconds.reconciler} seconds`,
  // A failed run is not repeated: the next one starts within the minute and finds the same messages.
  retries: 0,
  link: [tableLink, queueLink, deadLetterQueueLink],
  permissions: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table.arn],
    },
    { actions: ["dynamodb:Query"], resources: [indexArn("due")] },
    { actions: ["sqs:SendMessage"], resources: [queue.arn] },
  ],
  transform: {
    // A run that had to wait for a free Lambda for a minute is worth nothing: another has been started.
    eventInvokeConfig: { maximumEventAgeInSeconds: 60 },
  },
});

/** A lane is a share of the shards: of `lanes` runs side by side, number `lane` takes every shard with shard % lanes = lane. */
for (let lane = 0; lane < stage.reconcilerLanes; lane++) {
  new sst.aws.CronV2(`ReconcilerLane${lane}`, {
    schedule: "rate(1 minute)",
    function: reconciler.arn,
    event: { lane, lanes: stage.reconcilerLanes },
    retries: 0,
  });
}
