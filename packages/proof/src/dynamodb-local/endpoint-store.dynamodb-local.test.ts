import { describeEndpointStoreContract } from "@homing/core/endpoint/endpoint-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEndpointStore } from "@homing/functions/aws/dynamodb-endpoint-store";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { afterAll, beforeAll, inject } from "vitest";
import { newDatabase } from "./client.ts";

const TABLE = "homing-endpoints";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

describeEndpointStoreContract("the endpoint store on DynamoDB Local", async () => {
  const clock = new TestClock();
  return { store: new DynamoDbEndpointStore(client, TABLE, clock), clock };
});
