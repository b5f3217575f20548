import { describeLaneStoreContract } from "@homing/core/lane/lane-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbLaneStore } from "@homing/functions/aws/dynamodb-lane-store";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { afterAll, beforeAll, inject } from "vitest";
import { newDatabase } from "./client.ts";

const TABLE = "homing-lanes";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

describeLaneStoreContract("the lane store on DynamoDB Local", async () => {
  const clock = new TestClock();
  return { store: new DynamoDbLaneStore(client, TABLE, clock), clock };
});
