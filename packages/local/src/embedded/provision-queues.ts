import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { queueDefinition } from "@homing/core/queue/queue-definition";

export interface ProvisionedQueue {
  readonly url: string;
  readonly arn: string;
}

export interface ProvisionedQueues {
  readonly queue: ProvisionedQueue;
  readonly deadLetterQueue: ProvisionedQueue;
  /** Attributes that this server does not take; Homing works without them (see `OPTIONAL`). */
  readonly refusedAttributes: readonly string[];
}

/** What a server says about a queue, in the words of the shared definition, to be compared with it. */
export interface QueueDescription {
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageSizeBytes: number;
  readonly maxReceiveCount?: number;
  readonly deadLetterQueueArn?: string;
}

export type QueueSettings = typeof queueDefinition | { readonly [K in keyof typeof queueDefinition]: number };

type Attributes = Partial<Record<QueueAttributeName, string>>;

/**
 * Creates both queues if they are missing and gives them the attributes of the definition, whatever they had.
 * Messages already in them stay.
 *
 * @param name of the queue; the dead-letter queue gets `deadLetterQueueName(name)`.
 */
export async function provisionQueues(
  client: SQSClient,
  name: string,
  settings: QueueSettings = queueDefinition,
): Promise<ProvisionedQueues> {
  const refused = new Set<string>();
  const optional = optionalAttributes(settings);
  const required: Attributes = { VisibilityTimeout: String(settings.visibilityTimeoutSeconds) };

  const deadLetterQueue = await findOrCreate(client, deadLetterQueueName(name));
  await setAttributes(client, deadLetterQueue.url, required, optional, refused);

  const queue = await findOrCreate(client, name);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: deadLetterQueue.arn,
    maxReceiveCount: settings.maxReceiveCount,
  });
  await setAttributes(client, queue.url, { ...required, RedrivePolicy }, optional, refused);
  return { queue, deadLetterQueue, refusedAttributes: [...refused] };
}

export function deadLetterQueueName(queueName: string): string {
  return `${queueName}-dead-letter`;
}

/**
 * Some servers know neither. Without the retention a copy may be dropped early, and the reconciler sends it
 * again; without the size the largest messages are refused by the queue, which their senders are told.
 */
function optionalAttributes(settings: QueueSettings): Attributes {
  return {
    MessageRetentionPeriod: String(settings.retentionSeconds),
    MaximumMessageSize: String(settings.maximumMessageSizeBytes),
  };
}

async function findOrCreate(client: SQSClient, name: string): Promise<ProvisionedQueue> {
  // Created bare: creating an existing queue with other attributes is an error on every server.
  const url = (await queueUrlOf(client, name)) ?? (await createBare(client, name));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  const arn = Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`The SQS server names no ARN for the queue "${name}".`);
  return { url, arn };
}

/** The queue's URL at this server, looked up by name; undefined if there is no such queue. */
export async function queueUrlOf(client: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    // The second name is that of SQS's older protocol, which some servers still answer with.
    const absent = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
    if (error instanceof Error && absent.includes(error.name)) return undefined;
    throw error;
  }
}

async function createBare(client: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name }));
  if (QueueUrl === undefined) throw new Error(`The SQS server names no URL for the queue "${name}".`);
  return QueueUrl;
}

async function setAttributes(
  client: SQSClient,
  url: string,
  required: Attributes,
  optional: Attributes,
  refused: Set<string>,
): Promise<void> {
  await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: required }));
  for (const [name, value] of Object.entries(optional)) {
    try {
      await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { [name]: value } }));
    } catch (error) {
      if (!isAboutTheAttribute(error)) throw error;
      refused.add(name);
    }
  }
}

function isAboutTheAttribute(error: unknown): boolean {
  return error instanceof Error && /^Invalid(AttributeName|AttributeValue|ParameterValue)/.test(error.name);
}

export async function describeQueue(client: SQSClient, url: string): Promise<QueueDescription> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
  );
  const redrive = JSON.parse(Attributes.RedrivePolicy ?? "{}") as {
    maxReceiveCount?: number | string;
    deadLetterTargetArn?: string;
  };
  return {
    visibilityTimeoutSeconds: Number(Attributes.VisibilityTimeout),
    retentionSeconds: Number(Attributes.MessageRetentionPeriod),
    maximumMessageSizeBytes: Number(Attributes.MaximumMessageSize),
    ...(redrive.maxReceiveCount === undefined ? {} : { maxReceiveCount: Number(redrive.maxReceiveCount) }),
    ...(redrive.deadLetterTargetArn === undefined ? {} : { deadLetterQueueArn: redrive.deadLetterTargetArn }),
  };
}
