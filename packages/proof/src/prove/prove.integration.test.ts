import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddedBackend } from "./embedded-backend.ts";
import { explore } from "./explore.ts";
import { smallSchedules } from "./generate.ts";
import { smallEventSchedules } from "./generate-events.ts";
import { smallOrderedSchedules } from "./generate-order.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

test.each([
  ["messages", smallSchedules, 200],
  ["messages in order", smallOrderedSchedules, 50],
  ["events", smallEventSchedules, 50],
] as const)(
  "the promise holds through the DynamoDB and SQS adapters, on the embedded servers: %s",
  {
    timeout: TIMEOUT_MS,
  },
  async (_name, from, runs) => {
    const seed = Math.floor(Math.random() * 2 ** 30);
    const search = { runs, seed, from, makeBackend: embeddedBackend(stack) };
    const { failure, schedules } = await explore(search);
    expect(failure && `seed ${seed}\n${failure.story}`).toBeUndefined();
    expect(schedules).toBe(runs);
  },
);
