import { workerSubscription } from "../packages/core/src/queue/queue-definition.ts";
import { deadLetterQueue, deadLetterQueueLink, queueLink, RECEIVE_ACTIONS } from "./queue.ts";
import { table, tableLink } from "./table.ts";
import { stage } from "./this-stage.ts";

/** Lambda's smallest limit. Dead letters are rare, and after an outage they must not take the workers' share. */
const MAXIMUM_CONCURRENCY = 2;

export const deadLetter = new sst.aws.Function("DeadLetter", {
  description: "Decides what becomes of messages whose copies ended in the dead-letter queue",
  handler: "packages/functions/src/lambda/dead-letter.handler",
  memory: `${stage.memoryMegabytes.deadLetter} MB`,
  timeout: `${stage.timeoutSeconds.deadLetter} seconds`,
  link: [tableLink, queueLink, deadLetterQueueLink],
  permissions: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [table.arn] },
    { actions: RECEIVE_ACTIONS, resources: [deadLetterQueue.arn] },
  ],
});

deadLetterQueue.subscribe(deadLetter.arn, {
  batch: { size: workerSubscription.batchSize, partialResponses: true },
  transform: { eventSourceMapping: { scalingConfig: { maximumConcurrency: MAXIMUM_CONCURRENCY } } },
});
