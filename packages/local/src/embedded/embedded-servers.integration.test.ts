import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type OutgoingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, test } from "vitest";
import { dynamoDbClientConfig, embeddedConnection, sqsClientConfig } from "./clients.ts";
import { startDynamoDb } from "./dynamodb.ts";
import type { EmbeddedServer, EmbeddedServerOptions } from "./embedded-server.ts";
import { provisionQueues, queueUrlOf } from "./provision-queues.ts";
import { provisionTable } from "./provision-table.ts";
import { startSqs } from "./sqs.ts";

const KEY = "HOMINGTEST";
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "homing-embedded-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function running(
  start: (options: EmbeddedServerOptions) => Promise<EmbeddedServer>,
  options: Partial<EmbeddedServerOptions> = {},
): Promise<EmbeddedServer> {
  const server = await start({ accessKeyId: KEY, ...options });
  cleanups.push(() => server.close());
  return server;
}

/** Whether a TCP connection to the port opens at this address within a second. */
async function connects(address: string, port: number): Promise<boolean> {
  const socket = connect({ host: address, port, timeout: 1_000 });
  try {
    return await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("timeout", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/** Every other address of this machine that a listener on all interfaces would answer at. */
function otherAddresses(): string[] {
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && !address.internal && address.scopeid === undefined)
    .map((address) => address?.address ?? "");
  return ["127.0.0.2", ...outside];
}

async function statusOf(server: EmbeddedServer, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  const sent = request(`${server.endpoint}/`, { method: "POST", headers });
  sent.end("{}");
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

const SIGNED = {
  "content-type": "application/x-amz-json-1.0",
  authorization: `AWS4-HMAC-SHA256 Credential=${KEY}/20261122/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0`,
};

describe.each([
  ["DynamoDB", startDynamoDb],
  ["SQS", startSqs],
])("the embedded %s server", (_, start) => {
  test.each(["in memory", "on disk"])("can be reached at 127.0.0.1 only (%s)", async (place) => {
    const { port } = await running(start, place === "on disk" ? { dataDir: temporaryFolder() } : {});
    expect(await connects("127.0.0.1", port)).toBe(true);
    for (const address of otherAddresses()) {
      expect(await connects(address, port), `port ${port} at ${address}`).toBe(false);
    }
  });

  test.each(["in memory", "on disk"])("answers nobody but this start's own clients (%s)", async (place) => {
    const server = await running(start, place === "on disk" ? { dataDir: temporaryFolder() } : {});
    expect(await statusOf(server, {})).toBe(403);
    expect(await statusOf(server, { ...SIGNED, origin: "http://localhost:3000" })).toBe(403);
    expect(await statusOf(server, { ...SIGNED, host: `rebound.example:${server.port}` })).toBe(403);
    expect(await statusOf(server, { authorization: SIGNED.authorization.replace(KEY, "AKIAOTHER") })).toBe(
      403,
    );
    expect(await statusOf(server, SIGNED)).toBe(400);
  });

  test("outlives a client that goes away in the middle of its request", async () => {
    const server = await running(start);
    const socket = connect({ host: "127.0.0.1", port: server.port });
    const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: ${SIGNED.authorization}\r\n`;
    socket.write(`${head}Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n`);
    // The server asks for the body once the request has reached its handler.
    await once(socket, "data");
    socket.destroy();
    await once(socket, "close");
    for (let i = 0; i < 3; i++) expect(await statusOf(server, SIGNED)).toBe(400);
  });
});

describe("after a restart on the same folder", () => {
  test("the table is there with its items", async () => {
    const dataDir = temporaryFolder();
    const item = { pk: { S: "a" }, sk: { S: "b" }, dueShard: { S: "DUE#0" }, dueAt: { N: "7" } };
    for (const step of ["write", "read"]) {
      const server = await startDynamoDb({ dataDir, accessKeyId: KEY });
      const client = new DynamoDBClient(dynamoDbClientConfig(embeddedConnection(server.endpoint, KEY)));
      await provisionTable(client, "homing");
      if (step === "write") await client.send(new PutItemCommand({ TableName: "homing", Item: item }));
      else {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: "homing", Key: { pk: item.pk, sk: item.sk } }),
        );
        expect(Item).toEqual(item);
      }
      client.destroy();
      await server.close();
    }
  });

  test("the queue is found by its name, with its messages and receive counts", async () => {
    const dataDir = temporaryFolder();
    for (const step of ["send", "receive"]) {
      const server = await startSqs({ dataDir, accessKeyId: KEY });
      const client = new SQSClient(sqsClientConfig(embeddedConnection(server.endpoint, KEY)));
      const { queue } = await provisionQueues(client, "homing");
      expect(await queueUrlOf(client, "homing")).toBe(queue.url);
      if (step === "send") {
        await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: "kept" }));
        await client.send(
          new SendMessageCommand({ QueueUrl: queue.url, MessageBody: "delayed", DelaySeconds: 900 }),
        );
      } else {
        const { Messages } = await client.send(
          new ReceiveMessageCommand({ QueueUrl: queue.url, MessageSystemAttributeNames: ["All"] }),
        );
        expect(
          Messages?.map((message) => [message.Body, message.Attributes?.ApproximateReceiveCount]),
        ).toEqual([["kept", "1"]]);
        const { Attributes } = await client.send(
          new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ["All"] }),
        );
        expect(Attributes?.ApproximateNumberOfMessagesDelayed).toBe("1");
      }
      client.destroy();
      await server.close();
    }
  });
});
