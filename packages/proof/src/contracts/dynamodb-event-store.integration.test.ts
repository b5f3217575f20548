import { describeEventStoreContract } from "@homing/core/event/event-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { startEmbedded } from "@homing/local/testing/embedded-stack";

describeEventStoreContract("the DynamoDB event store on the embedded server", async () => {
  const stack = await startEmbedded();
  const clock = new TestClock();
  return {
    store: new DynamoDbEventStore(stack.dynamodb, stack.tableName, clock),
    clock,
    close: () => stack.close(),
  };
});
