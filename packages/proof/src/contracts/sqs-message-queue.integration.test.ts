import { SQSClient } from "@aws-sdk/client-sqs";
import { describeMessageQueueContract } from "@homing/core/queue/message-queue.contract";
import { embeddedConnection, sqsClientConfig } from "@homing/local/embedded/clients";
import { provisionQueues } from "@homing/local/embedded/provision-queues";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { createSqsServer } from "local-aws-sqs";
import { afterAll, beforeAll } from "vitest";
import { sqsSubject } from "./sqs-subject.ts";

/** Queues of its own for each test. */
let round = 0;
const nextName = () => `contract-${++round}`;

let stack: EmbeddedStack;
let otherServer: Awaited<ReturnType<typeof createSqsServer>>;
let otherClient: SQSClient;

beforeAll(async () => {
  stack = await startEmbedded();
  otherServer = await createSqsServer({ port: 0, hostname: "127.0.0.1" });
  const address = otherServer.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  otherClient = new SQSClient(
    sqsClientConfig(embeddedConnection(`http://127.0.0.1:${address.port}`, "anybody")),
  );
});
afterAll(async () => {
  otherClient.destroy();
  otherServer.closeAllConnections();
  otherServer.close();
  await stack.close();
});

describeMessageQueueContract(
  "the SQS queue on the embedded server",
  async () => sqsSubject(stack.sqs, await provisionQueues(stack.sqs, nextName())),
  { delaySeconds: 1 },
);

describeMessageQueueContract(
  "the SQS queue on local-aws-sqs",
  async () => sqsSubject(otherClient, await provisionQueues(otherClient, nextName())),
  { delaySeconds: 1, countsInFlightTwice: true },
);
