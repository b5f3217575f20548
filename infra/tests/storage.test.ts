/** The table and the two queues, attribute by attribute. */
import { describe, expect, test } from "vitest";
import { evaluated } from "../testing/evaluated.ts";
import { only } from "../testing/graph.ts";

const FOURTEEN_DAYS_SECONDS = 1_209_600;

describe.each([
  { label: "personal", deletionProtection: false, visibilitySeconds: 180 },
  { label: "production", deletionProtection: true, visibilitySeconds: 180 },
  { label: "dev", deletionProtection: false, visibilitySeconds: 5_400 },
] as const)("$label", ({ label, deletionProtection, visibilitySeconds }) => {
  const { graph } = evaluated(label);

  test("one table on demand, recoverable to any second, expiring by expiresAt, with five lean indexes", () => {
    const { name, ...table } = only(graph, "aws:dynamodb/table:Table").inputs;
    expect(table).toEqual({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
        { name: "listKey", type: "S" },
        { name: "createdAt", type: "N" },
        { name: "dueShard", type: "S" },
        { name: "dueAt", type: "N" },
        { name: "senderKey", type: "S" },
        { name: "endpointKey", type: "S" },
        { name: "attentionKey", type: "S" },
      ],
      globalSecondaryIndexes: [
        { name: "list", hashKey: "listKey", rangeKey: "createdAt", projectionType: "KEYS_ONLY" },
        { name: "due", hashKey: "dueShard", rangeKey: "dueAt", projectionType: "KEYS_ONLY" },
        { name: "sender", hashKey: "senderKey", rangeKey: "createdAt", projectionType: "KEYS_ONLY" },
        { name: "endpoint", hashKey: "endpointKey", rangeKey: "createdAt", projectionType: "KEYS_ONLY" },
        { name: "attention", hashKey: "attentionKey", rangeKey: "createdAt", projectionType: "KEYS_ONLY" },
      ],
      localSecondaryIndexes: [],
      pointInTimeRecovery: { enabled: true },
      ttl: { attributeName: "expiresAt", enabled: true },
      deletionProtectionEnabled: deletionProtection,
      streamEnabled: false,
    });
  });

  const common = {
    fifoQueue: false,
    contentBasedDeduplication: false,
    delaySeconds: 0,
    visibilityTimeoutSeconds: visibilitySeconds,
    messageRetentionSeconds: FOURTEEN_DAYS_SECONDS,
    maxMessageSize: 1_048_576,
  };

  test("a standard queue that gives a copy up after ten receives, to the dead-letter queue", () => {
    const { name, redrivePolicy, ...queue } = only(graph, "aws:sqs/queue:Queue", "QueueQueue").inputs;
    expect(queue).toEqual(common);
    const deadLetters = only(graph, "aws:sqs/queue:Queue", "DeadLetterQueue").inputs.name;
    expect(JSON.parse(String(redrivePolicy))).toEqual({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:123456789012:${deadLetters}`,
      maxReceiveCount: 10,
    });
  });

  test("a dead-letter queue of the same size and patience that hands its copies no further", () => {
    const { name, ...queue } = only(graph, "aws:sqs/queue:Queue", "DeadLetterQueue").inputs;
    expect(queue).toEqual(common);
  });
});
