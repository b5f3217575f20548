import { describeEndpointStoreContract } from "@homing/core/endpoint/endpoint-store.contract";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbEndpointStore } from "@homing/functions/aws/dynamodb-endpoint-store";
import { startEmbedded } from "@homing/local/testing/embedded-stack";

describeEndpointStoreContract("the DynamoDB endpoint store on the embedded server", async () => {
  const stack = await startEmbedded();
  const clock = new TestClock();
  return {
    store: new DynamoDbEndpointStore(stack.dynamodb, stack.tableName, clock),
    clock,
    close: () => stack.close(),
  };
});
