import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueueSubject, ReceivedAttributes } from "@homing/core/queue/message-queue.contract";
import { SqsMessageQueue } from "@homing/functions/aws/sqs-message-queue";
import type { ProvisionedQueues } from "@homing/local/embedded/provision-queues";

/** The SQS queue on a server that speaks SQS's protocol, as the contract asks for it. */
export function sqsSubject(client: SQSClient, queues: ProvisionedQueues): QueueSubject {
  const queueUrl = queues.queue.url;
  const deadLetterQueueUrl = queues.deadLetterQueue.url;
  const toDeadLetters = new SqsMessageQueue(client, { queueUrl: deadLetterQueueUrl, deadLetterQueueUrl });
  let waitSeconds = 0;

  return {
    queue: new SqsMessageQueue(client, { queueUrl, deadLetterQueueUrl }),
    receive: async () => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          WaitTimeSeconds: waitSeconds,
        }),
      );
      waitSeconds = 0;
      return Messages.map((message) => {
        const text = (name: string) => message.MessageAttributes?.[name]?.StringValue;
        const named = ["messageId", "senderId", "correlationId", "traceparent"].flatMap((name) => {
          const value = text(name);
          return value === undefined ? [] : [[name, value] as const];
        });
        return { body: message.Body ?? "", ...Object.fromEntries(named) } satisfies ReceivedAttributes;
      });
    },
    // No server's clock can be moved: the next receive waits until the copy comes, a second longer at the most.
    elapse: async (seconds) => {
      waitSeconds = seconds + 1;
    },
    bury: async (copy) => {
      await toDeadLetters.send([copy], 5_000);
    },
  };
}
