import { describe, expect, test } from "vitest";
import { batchOutcome } from "./batch-response.ts";

const IDS = ["a", "b", "c"];

describe("a handler's answer", () => {
  test.each([
    ["nothing", undefined],
    ["null", null],
    ["an empty object", {}],
    ["null failures", { batchItemFailures: null }],
    ["no failures", { batchItemFailures: [] }],
  ])("of %s means that every message succeeded", (_, response) => {
    expect(batchOutcome(response, IDS)).toEqual({ succeeded: ["a", "b", "c"] });
  });

  test("names the messages that failed, and all others succeeded", () => {
    const response = { batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "b" }] };
    expect(batchOutcome(response, IDS)).toEqual({ succeeded: ["a", "c"] });
  });

  test.each([
    ["an unknown identifier", { batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "z" }] }],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a misspelt key", { batchItemFailures: [{ itemidentifier: "a" }] }],
    ["a null entry", { batchItemFailures: [null] }],
    ["no list", { batchItemFailures: "a" }],
    ["a text", "ok"],
  ])("with %s makes the whole batch fail", (_, response) => {
    expect(batchOutcome(response, IDS)).toEqual({ invalid: expect.any(String) });
  });
});
