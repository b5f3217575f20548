import { describeEventStoreContract } from "@homing/core/event/event-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { provisionTable } from "@homing/local/embedded/provision-table";
import { afterAll, beforeAll, inject } from "vitest";
import { newDatabase } from "./client.ts";

const TABLE = "homing-events";
const client = newDatabase(inject("dynamoDbLocalEndpoint"));
beforeAll(() => provisionTable(client, TABLE));
afterAll(() => client.destroy());

describeEventStoreContract("the event store on DynamoDB Local", async () => {
  const clock = new TestClock();
  return { store: new DynamoDbEventStore(client, TABLE, clock), clock };
});
