import { describeMessageStoreContract } from "@homing/core/store/message-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { afterAll, beforeAll, inject } from "vitest";
import { newDatabase } from "./client.ts";

const TABLE = "homing";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

describeMessageStoreContract("the store on DynamoDB Local", async () => {
  const clock = new TestClock();
  return { store: new DynamoDbMessageStore(client, TABLE, clock), clock };
});
