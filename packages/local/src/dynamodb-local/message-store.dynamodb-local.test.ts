import { describeMessageStoreContract } from "@homing/core/store/message-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { afterAll, beforeAll, inject } from "vitest";
import { provisionTable } from "../embedded/provision-table.ts";
import { newDatabase } from "./client.ts";

const TABLE = "homing";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

describeMessageStoreContract("the store on DynamoDB Local", async () => {
  const clock = new TestClock();
  return { store: new DynamoDbMessageStore(client, TABLE, clock), clock };
});
