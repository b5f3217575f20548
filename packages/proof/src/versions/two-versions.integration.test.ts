import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Transition } from "@homing/core/message/transition";
import type { WriteResult } from "@homing/core/store/message-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { encodeMessage } from "@homing/functions/aws/message-item";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explore } from "../prove/explore.ts";
import { smallSchedules } from "../prove/generate.ts";
import { smallEventSchedules } from "../prove/generate-events.ts";
import { twoVersions } from "./two-versions.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;
const RUNS = 60;

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

test.each([
  ["messages", smallSchedules, 60],
  ["events", smallEventSchedules, 25],
] as const)(
  "the promise holds while two versions run side by side, and neither loses what the other wrote: %s",
  {
    timeout: TIMEOUT_MS,
  },
  async (_name, from, runs) => {
    const seed = Math.floor(Math.random() * 2 ** 30);
    const { failure, schedules } = await explore({ runs, seed, from, makeBackend: twoVersions(stack) });
    expect(failure && `seed ${seed}\n${failure.story}`).toBeUndefined();
    expect(schedules).toBe(runs);
  },
);

/** Writes whole items, as it knows them. */
class RewritingStore extends DynamoDbMessageStore {
  readonly #tableName: string;

  constructor(...args: ConstructorParameters<typeof DynamoDbMessageStore>) {
    super(...args);
    this.#tableName = args[1];
  }

  override async apply(messageId: string, transition: Transition): Promise<WriteResult> {
    const result = await super.apply(messageId, transition);
    if (!result.applied) return result;
    const Item = encodeMessage(result.message, this.shards);
    await stack.dynamodb.send(new PutItemCommand({ TableName: this.#tableName, Item }));
    return result;
  }
}

test("a version that writes whole items again is found out", { timeout: TIMEOUT_MS }, async () => {
  const makeBackend = twoVersions(stack, RewritingStore);
  const { failure } = await explore({
    runs: RUNS,
    seed: 1,
    from: smallSchedules,
    makeBackend,
    shrink: false,
  });
  expect(failure?.text).toMatch(/has lost what a newer version had written/);
});
