import { FairBacklog } from "./fair-backlog.ts";

/** What is needed of fauxqs's own classes, which it does not export. */
interface StoredMessage {
  readonly messageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
}
interface StandardQueue {
  messages: Iterable<StoredMessage>;
  dequeue(...args: unknown[]): unknown;
}
interface StoreModule {
  readonly SqsQueue: { readonly prototype: StandardQueue };
}

let done: Promise<void> | undefined;

/**
 * Makes the standard queues of this process's fauxqs fair, as SQS's are: fauxqs hands out what came first, and
 * drops the MessageGroupId by which SQS is fair; an attribute names it, or it is the sender, whom one names too.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
export function makeQueuesFair(): Promise<void> {
  done ??= patch();
  return done;
}

async function patch(): Promise<void> {
  const module = new URL("sqs/sqsStore.js", import.meta.resolve("fauxqs")).href;
  const { SqsQueue } = (await import(/* @vite-ignore */ module)) as StoreModule;
  const { dequeue } = SqsQueue.prototype;
  SqsQueue.prototype.dequeue = function (...args) {
    // Again after each purge, which begins with an array anew.
    if (!(this.messages instanceof FairBacklog)) this.messages = new FairBacklog(this.messages, groupOf);
    return dequeue.apply(this, args);
  };
}

function groupOf({ messageAttributes }: StoredMessage): string {
  return messageAttributes?.groupId?.StringValue ?? messageAttributes?.senderId?.StringValue ?? "";
}
