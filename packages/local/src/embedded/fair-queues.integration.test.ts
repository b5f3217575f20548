import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { embeddedConnection, sqsClientConfig } from "./clients.ts";
import { provisionQueues } from "./provision-queues.ts";
import { startSqs } from "./sqs.ts";

const KEY = "HOMINGTEST";
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The embedded server on a folder, with its queue and what a test does with that. */
async function queueOn(dataDir: string) {
  const server = await startSqs({ accessKeyId: KEY, dataDir });
  const client = new SQSClient(sqsClientConfig(embeddedConnection(server.endpoint, KEY)));
  const { queue } = await provisionQueues(client, "homing");
  const QueueUrl = queue.url;
  return {
    async send(senderId: string, count: number) {
      const entry = (_: unknown, i: number) => ({
        Id: String(i),
        MessageBody: senderId,
        MessageGroupId: senderId,
        MessageAttributes: { senderId: { DataType: "String", StringValue: senderId } },
      });
      await client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: Array.from({ length: count }, entry) }),
      );
    },
    async receive(): Promise<string[]> {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { ReceiptHandle } of Messages)
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages.map(({ Body = "" }) => Body);
    },
    purge: () => client.send(new PurgeQueueCommand({ QueueUrl })),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

test("the embedded queue is fair: one sender's backlog does not keep another's message back, after a restart either", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "homing-fair-"));
  cleanups.push(() => rmSync(dataDir, { recursive: true }));

  const before = await queueOn(dataDir);
  for (let i = 0; i < 5; i += 1) await before.send("acme", 10);
  await before.send("globex", 1);
  expect((await before.receive()).filter((sender) => sender === "globex")).toHaveLength(1);
  await before.send("initech", 1);
  await before.close();

  const after = await queueOn(dataDir);
  cleanups.push(() => after.close());
  expect((await after.receive()).filter((sender) => sender === "initech")).toHaveLength(1);

  await after.purge();
  expect(await after.receive()).toEqual([]);
  await after.send("acme", 10);
  await after.send("acme", 10);
  await after.send("globex", 1);
  expect((await after.receive()).filter((sender) => sender === "globex")).toHaveLength(1);
});
