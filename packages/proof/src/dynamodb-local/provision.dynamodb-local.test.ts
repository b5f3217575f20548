import { DescribeTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { describeTable, provisionTable } from "@homing/local/embedded/provision-table";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { newDatabase } from "./client.ts";

const TABLE = "homing";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

test("the table comes out as declared: on demand, with five indexes that project keys only", async () => {
  expect(await describeTable(client, TABLE)).toEqual({
    onDemand: true,
    keyAttributes: {
      pk: "S",
      sk: "S",
      listKey: "S",
      createdAt: "N",
      dueShard: "S",
      dueAt: "N",
      senderKey: "S",
      endpointKey: "S",
      attentionKey: "S",
    },
    primaryIndex: { hashKey: "pk", rangeKey: "sk" },
    indexes: {
      list: { hashKey: "listKey", rangeKey: "createdAt" },
      due: { hashKey: "dueShard", rangeKey: "dueAt" },
      sender: { hashKey: "senderKey", rangeKey: "createdAt" },
      endpoint: { hashKey: "endpointKey", rangeKey: "createdAt" },
      attention: { hashKey: "attentionKey", rangeKey: "createdAt" },
    },
    projection: "keys-only",
  });
});

test("items expire by their attribute expiresAt", async () => {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: TABLE }));
  expect(TimeToLiveDescription).toEqual({ AttributeName: "expiresAt", TimeToLiveStatus: "ENABLED" });
});

test("provisioning a table that is there already changes nothing", async () => {
  await provisionTable(client, TABLE);
  expect((await describeTable(client, TABLE)).onDemand).toBe(true);
});
