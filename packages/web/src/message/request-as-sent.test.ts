import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { compactJson } from "../api/exact-json.ts";
import { curlOf, headersAsSent } from "./request-as-sent.ts";

const MESSAGE = {
  messageId: "msg_1",
  method: "PUT",
  targetUrl: "https://example.com/hook?a=1&b='2'",
  headers: { authorization: "***", "x-empty": "" },
};
const JSON_BODY = { text: '{"a":1}', isString: false };
const ATTEMPT = { startedAt: "2026-11-22T12:00:01.999Z" };

describe("the headers of an attempt", () => {
  it("are the producer's, and Homing's as they follow from what is stored: the second in which it began", () => {
    expect(headersAsSent(MESSAGE, JSON_BODY, ATTEMPT)).toEqual({
      authorization: "***",
      "x-empty": "",
      "content-type": "application/json",
      "user-agent": "Homing/1.0",
      "webhook-id": "msg_1",
      "webhook-timestamp": "1795348801",
    });
  });

  it("name the event, and the place in the order, where there is one", () => {
    const sent = { ...MESSAGE, eventId: "evt_1", eventType: "a.b", orderingKey: "order-1", sequence: 7 };
    expect(headersAsSent(sent, { text: undefined, isString: false }, undefined)).toEqual({
      authorization: "***",
      "x-empty": "",
      "user-agent": "Homing/1.0",
      "webhook-id": "evt_1",
      "webhook-event-type": "a.b",
      "webhook-ordering-key": "order-1",
      "webhook-sequence": "7",
    });
  });

  it("leave a type and an agent of the producer's as they are, and call text text", () => {
    const headers = { "Content-Type": "text/csv", "USER-AGENT": "own" };
    const sent = headersAsSent({ ...MESSAGE, headers }, { text: "a", isString: true }, undefined);
    expect(sent).toEqual({ ...headers, "webhook-id": "msg_1" });
    const untyped = headersAsSent({ ...MESSAGE, headers: {} }, { text: "a", isString: true }, undefined);
    expect(untyped["content-type"]).toBe("text/plain; charset=utf-8");
  });
});

describe("as cURL", () => {
  it("is one command whose words are what was sent, whatever is in them", () => {
    const text = `it's "$HOME" \`id\` \\ \n and more`;
    const command = curlOf(MESSAGE, { text, isString: true }, ATTEMPT);
    // The shell itself says what its words are.
    const script = command.replace(/^curl/, "printf '%s\\0'");
    const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
    expect(words.slice(0, 3)).toEqual(["-X", "PUT", MESSAGE.targetUrl]);
    expect(words.slice(-2)).toEqual(["--data-raw", text]);
    expect(words).toContain("authorization: ***");
    expect(words).toContain("x-empty;");
  });

  it("goes where the attempt went", () => {
    const attempt = { ...ATTEMPT, targetUrl: "https://old.example/" };
    expect(curlOf(MESSAGE, JSON_BODY, attempt)).toContain("'https://old.example/'");
  });
});

it("a body is compact as it was sent, its numbers and its texts as they were written", () => {
  expect(compactJson('{\n  "a b": [1.0, 12345678901234567890, " x , y "],\n  "c": {}\n}')).toBe(
    '{"a b":[1.0,12345678901234567890," x , y "],"c":{}}',
  );
});
