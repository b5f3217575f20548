import { queueDefinition } from "../packages/core/src/queue/queue-definition.ts";
import { stage } from "./this-stage.ts";

const common = {
  visibilityTimeout: `${stage.visibilityTimeoutSeconds} seconds`,
  transform: {
    queue: {
      messageRetentionSeconds: queueDefinition.retentionSeconds,
      maxMessageSize: queueDefinition.maximumMessageSizeBytes,
    },
  },
} as const;

export const deadLetterQueue = new sst.aws.Queue("DeadLetterQueue", common);

export const queue = new sst.aws.Queue("Queue", {
  ...common,
  dlq: { queue: deadLetterQueue.arn, retry: queueDefinition.maxReceiveCount },
});

/** Names only, like the table's: a linked Queue component would grant `sqs:*`. */
export const queueLink = new sst.Linkable("HomingQueue", { properties: { url: queue.url } });
export const deadLetterQueueLink = new sst.Linkable("HomingDeadLetterQueue", {
  properties: { url: deadLetterQueue.url },
});

/** What Lambda's poller needs in the name of the function that a queue feeds. */
export const RECEIVE_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
