import { describeMessageStoreContract } from "@homing/core/store/message-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { startEmbedded } from "@homing/local/testing/embedded-stack";

describeMessageStoreContract("the DynamoDB store on the embedded server", async () => {
  const stack = await startEmbedded();
  const clock = new TestClock();
  return {
    store: new DynamoDbMessageStore(stack.dynamodb, stack.tableName, clock),
    clock,
    close: () => stack.close(),
  };
});
