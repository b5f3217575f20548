import { workerSubscription } from "../packages/core/src/queue/queue-definition.ts";
import { deadLetterQueueLink, queue, queueLink, RECEIVE_ACTIONS } from "./queue.ts";
import { signingMaster } from "./secrets.ts";
import { indexArn, table, tableLink } from "./table.ts";
import { stage } from "./this-stage.ts";

export const worker = new sst.aws.Function("Worker", {
  description: "Delivers queued messages",
  handler: "packages/functions/src/lambda/worker.handler",
  memory: `${stage.memoryMegabytes.worker} MB`,
  timeout: `${stage.timeoutSeconds.worker} seconds`,
  link: [tableLink, queueLink, deadLetterQueueLink, signingMaster],
  permissions: [
    {
      actions: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      resources: [table.arn],
    },
    // The last look before an endpoint is disabled.
    { actions: ["dynamodb:Query"], resources: [indexArn("endpoint")] },
    // A retry that is due soon goes back to the queue at once.
    { actions: [...RECEIVE_ACTIONS, "sqs:SendMessage"], resources: [queue.arn] },
  ],
});

queue.subscribe(worker.arn, {
  // Without partial responses one refused record brings the other nine back.
  batch: { size: workerSubscription.batchSize, partialResponses: true },
  transform: {
    eventSourceMapping: { scalingConfig: { maximumConcurrency: stage.workerConcurrency } },
  },
});

/**
 * Lambda takes a function that feeds its own queue for a runaway after some 16 rounds and stops it. Here the
 * loop is meant: each round is a numbered attempt, and the schedule ends them.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const recursion = new aws.lambda.FunctionRecursionConfig("WorkerRecursion", {
  functionName: worker.name,
  recursiveLoop: "Allow",
});
