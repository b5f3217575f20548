import { describeLaneStoreContract } from "@homing/core/lane/lane-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbLaneStore } from "@homing/functions/aws/dynamodb-lane-store";
import { startEmbedded } from "@homing/local/testing/embedded-stack";

describeLaneStoreContract("the DynamoDB lane store on the embedded server", async () => {
  const stack = await startEmbedded();
  const clock = new TestClock();
  return {
    store: new DynamoDbLaneStore(stack.dynamodb, stack.tableName, clock),
    clock,
    close: () => stack.close(),
  };
});
