import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { describeError } from "./describe-error.ts";

describe("an error in the log", () => {
  it("says its name, message, stack and code, and those of its causes", () => {
    const cause = Object.assign(new TypeError("connect failed"), { code: "ECONNREFUSED" });
    expect(describeError(new Error("the table does not answer", { cause }))).toEqual({
      name: "Error",
      message: "the table does not answer",
      stack: expect.stringContaining("describe-error.test"),
      cause: {
        name: "TypeError",
        message: "connect failed",
        stack: expect.any(String),
        code: "ECONNREFUSED",
      },
    });
  });

  it("says nothing of what the AWS SDK hangs on it, at any depth", () => {
    const lost = new ConditionalCheckFailedException({
      message: "The conditional request failed",
      $metadata: { requestId: "planted" },
      Item: { body: { S: "planted" } },
    });
    const answered = Object.assign(new Error("no", { cause: lost }), {
      $response: { body: "planted" },
      code: { planted: 1 },
    });
    expect(JSON.stringify(describeError(answered))).not.toContain("planted");
    expect(JSON.stringify(describeError("planted"))).toBe('{"name":"string"}');
  });

  it("ends with causes that go in circles", () => {
    const error = new Error("round");
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(10_000);
  });
});
