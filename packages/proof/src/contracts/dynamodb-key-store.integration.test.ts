import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbKeyStore } from "@homing/functions/aws/dynamodb-key-store";
import { describeKeyStoreContract } from "@homing/functions/keys/key-store.contract";
import { startEmbedded } from "@homing/local/testing/embedded-stack";

describeKeyStoreContract("the DynamoDB key store on the embedded server", async () => {
  const stack = await startEmbedded();
  const clock = new TestClock();
  return {
    store: new DynamoDbKeyStore(stack.dynamodb, stack.tableName, clock),
    clock,
    close: () => stack.close(),
  };
});
