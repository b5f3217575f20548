import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddedBackend } from "./embedded-backend.ts";
import { explore } from "./explore.ts";
import { smallSchedules } from "./generate.ts";

/** Far more than it takes: the machine may be busy. */
const TIMEOUT_MS = 600_000;
const RUNS = 200;

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

test("the promise holds through the DynamoDB and SQS adapters, on the embedded servers", {
  timeout: TIMEOUT_MS,
}, async ({ annotate }) => {
  const seed = Math.floor(Math.random() * 2 ** 30);
  await annotate(`seed ${seed}`);
  const search = { runs: RUNS, seed, from: smallSchedules, makeBackend: embeddedBackend(stack) };
  const { failure, schedules } = await explore(search);
  expect(failure?.story).toBeUndefined();
  expect(schedules).toBe(RUNS);
});
