/** DynamoDB deletes what has expired some days late. */
import { DAY, HOUR } from "@homing/core/duration";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { DynamoDbKeyStore } from "@homing/functions/aws/dynamodb-key-store";
import { newApiKey } from "@homing/functions/keys/api-key";
import { startEmbedded } from "@homing/local/testing/embedded-stack";
import { expect, it } from "vitest";

it("a key is neither shown nor counted a day after it has expired, whether or not its item is still there", async () => {
  const stack = await startEmbedded();
  try {
    const clock = new TestClock();
    const store = new DynamoDbKeyStore(stack.dynamodb, stack.tableName, clock);
    const { keyId, hash } = newApiKey();
    const key = { keyId, hash, senderId: "acme", scopes: ["read"], createdAt: NOON } as const;
    await store.create({ ...key, expiresAt: NOON + HOUR });
    const seen = async () => ({
      found: (await store.get(keyId)) !== undefined,
      shown: (await store.list({ limit: 10 })).keys.length,
      ...(await store.count("acme", clock.now())),
    });
    clock.time = NOON + HOUR + DAY - 1;
    expect(await seen()).toEqual({ found: true, shown: 1, listed: 1, inForce: 0 });
    clock.time = NOON + HOUR + DAY;
    expect(await seen()).toEqual({ found: false, shown: 0, listed: 0, inForce: 0 });
  } finally {
    await stack.close();
  }
});
