import { DynamoDbSlowTargets } from "@homing/functions/aws/dynamodb-slow-targets";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

test("marks of slow targets are there for every process, until they are over and the next one is made", async () => {
  const [one, other] = [1, 2].map(() => new DynamoDbSlowTargets(stack.dynamodb, stack.tableName));
  if (!one || !other) throw new Error("there are two");
  expect(await one.read()).toEqual(new Map());
  await one.mark("https://a.example", 1_000, []);
  await other.mark("https://b.example:8443", 2_000, ["https://never.example"]);
  await other.mark("https://a.example", 3_000, []);
  expect(await one.read()).toEqual(
    new Map([
      ["https://a.example", 3_000],
      ["https://b.example:8443", 2_000],
    ]),
  );
  const many = Array.from({ length: 250 }, (_, at) => `https://${"x".repeat(200)}${at}.example`);
  for (const origin of many) await one.mark(origin, 1, []);
  await one.mark("https://c.example", 4_000, ["https://b.example:8443", ...many]);
  expect([...(await other.read())].filter(([, until]) => until > 1)).toEqual([
    ["https://a.example", 3_000],
    ["https://c.example", 4_000],
  ]);
});
