import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbKeyStore } from "@homing/functions/aws/dynamodb-key-store";
import { describeKeyStoreContract } from "@homing/functions/keys/key-store.contract";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { afterAll, beforeAll, inject } from "vitest";
import { newDatabase } from "./client.ts";

const TABLE = "homing";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

describeKeyStoreContract("the key store on DynamoDB Local", async () => {
  const clock = new TestClock();
  return { store: new DynamoDbKeyStore(client, TABLE, clock), clock };
});
