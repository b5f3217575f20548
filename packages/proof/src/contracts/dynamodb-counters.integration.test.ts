import { DAY } from "@homing/core/duration";
import { describeCountersContract } from "@homing/core/stats/counters.contract";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbCounters } from "@homing/functions/aws/dynamodb-counters";
import { startEmbedded } from "@homing/local/testing/embedded-stack";

describeCountersContract("counters in DynamoDB, on the embedded server", async () => {
  const stack = await startEmbedded();
  const clock = new TestClock();
  const counters = new DynamoDbCounters({
    client: stack.dynamodb,
    tableName: stack.tableName,
    clock,
    random: Math.random,
    observer: new RecordingObserver(),
    retentionMs: 30 * DAY,
  });
  return { counters, clock, close: () => stack.close() };
});
