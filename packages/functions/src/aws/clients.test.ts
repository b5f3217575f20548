import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { createDynamoDbClient, createSqsClient } from "./clients.ts";

/** Answers every request and keeps it. */
function connection(body: object) {
  const requests: Array<{ headers: Record<string, string> }> = [];
  return {
    requests,
    config: {
      region: "us-east-1",
      credentials: { accessKeyId: "TEST", secretAccessKey: "secret" },
      requestHandler: {
        handle: async (request: { headers: Record<string, string> }) => {
          requests.push(request);
          const headers = { "content-type": "application/x-amz-json-1.0" };
          return { response: { statusCode: 200, headers, body: Buffer.from(JSON.stringify(body)) } };
        },
      },
    },
  };
}

test("calls to AWS are signed and name Homing as their sender, call after call", async () => {
  const table = connection({});
  const dynamodb = createDynamoDbClient(table.config);
  const queue = connection({ MessageId: "1", MD5OfMessageBody: "0cc175b9c0f1b6a831c399e269772661" });
  const sqs = createSqsClient(queue.config);
  for (let call = 0; call < 2; call += 1) {
    await dynamodb.send(new GetItemCommand({ TableName: "homing", Key: { pk: { S: "a" }, sk: { S: "b" } } }));
    await sqs.send(
      new SendMessageCommand({ QueueUrl: "https://sqs.us-east-1.amazonaws.com/1/q", MessageBody: "a" }),
    );
  }
  const headers = [...table.requests, ...queue.requests].map((request) => request.headers);
  expect(headers.map((one) => one["user-agent"])).toEqual(Array(4).fill("Homing/1.0"));
  for (const { authorization = "" } of headers)
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=TEST\//);
});

test("the SDK does nothing for a call that nobody looks at", () => {
  for (const client of [
    createDynamoDbClient({ region: "us-east-1" }),
    createSqsClient({ region: "us-east-1" }),
  ]) {
    const names = client.middlewareStack.identify().map((entry) => entry.split(" ")[0]);
    expect(names).not.toContain("loggerMiddleware");
    expect(names).not.toContain("getUserAgentMiddleware");
  }
});
