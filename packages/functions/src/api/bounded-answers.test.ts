/** However bad a request is, its refusal is small, tells of every message that is wrong, and comes without a crash. */
import { buildMessage, buildPayload } from "@homing/core/testing/build-message";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";
import { MAX_BATCH_BYTES } from "./requests/body-limits.ts";

const TARGET = "https://example.com/hook";
/** Of 50 errors with 200 characters of path, each written as \uXXXX at the worst. */
const MAX_PROBLEM_BYTES = 100_000;
const MAX_BATCH_ANSWER_BYTES = 1_048_576;

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

const send = (text: string) => call("POST", "/v1/messages", { text });
const sendBatch = (text: string) => call("POST", "/v1/messages/batch", { text });
const bytesOf = ({ text }: { text: string }) => Buffer.byteLength(text);
const repeated = (part: string, times: number) => Array<string>(times).fill(part).join(",");

describe("the refusal of a message", () => {
  it.each<[string, string, number]>([
    ["24,000 unknown fields", `{"targetUrl":"${TARGET}",${numberedFields(24_000)}}`, 24_000],
    [
      "20,000 numbers that overflow",
      `{"targetUrl":"${TARGET}","body":[${repeated("1e999", 20_000)}]}`,
      20_000,
    ],
    ["20,000 lone surrogates", `{"targetUrl":"${TARGET}","body":[${repeated('"\\ud800"', 20_000)}]}`, 20_000],
    ["20,001 times one name", `{"targetUrl":"${TARGET}","body":{${repeated('"a":1', 20_001)}}}`, 20_000],
    [
      "20,000 headers that are numbers",
      `{"targetUrl":"${TARGET}","headers":{${numberedFields(20_000)}}}`,
      20_001,
    ],
  ])("for %s lists 50 and counts the others", async (_what, text, errors) => {
    const answer = await send(text);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toHaveLength(50);
    // Too many headers are an error besides what is wrong with each, once the rest of them can be read.
    expect([errors - 50, errors - 51]).toContain(answer.body.errorsOmitted);
    expect(bytesOf(answer)).toBeLessThan(MAX_PROBLEM_BYTES);
  });

  it("cuts each path at 200 characters, however long the names on its way are", async () => {
    const name = "\\u0001".repeat(10_000);
    const answer = await send(`{"targetUrl":"${TARGET}","body":{"${name}":[${repeated("1e999", 30_000)}]}}`);
    expect([answer.status, answer.body.errorsOmitted]).toEqual([400, 29_950]);
    for (const { path } of answer.body.errors) expect(path).toHaveLength(200);
    expect(bytesOf(answer)).toBeLessThan(MAX_PROBLEM_BYTES);
  });

  it("does not repeat a header's name of 100,000 characters", async () => {
    const headers = `"${"x".repeat(100_000)}":"1","${"X".repeat(100_000)}":"2"`;
    const answer = await send(`{"targetUrl":"${TARGET}","headers":{${headers}}}`);
    expect(answer.status).toBe(400);
    expect(bytesOf(answer)).toBeLessThan(5_000);
  });

  it("lists the field that is wrong besides 24,000 unknown ones", async () => {
    const { body } = await send(
      `{${numberedFields(24_000)},"targetUrl":"ftp://x","metadata":7,"deliverAt":[]}`,
    );
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(["metadata", "deliverAt"]));
  });
});

describe("what is no JSON", () => {
  it.each([
    ["closes more than it opens, then opens 60,000", `[${"}".repeat(60_000)},${"[".repeat(60_000)}`],
    ["closes what it did not open, again and again", "[},".repeat(80_000)],
    ["closes objects as arrays", '{"a":]'.repeat(40_000)],
    ["only closes", "]".repeat(200_000)],
    ["only opens", "[".repeat(200_000)],
    ["opens in a string that never ends", `"${"[".repeat(200_000)}`],
    ["ends in the middle of 60 levels", '{"a":'.repeat(60)],
  ])("and %s is refused", async (_what, text) => {
    for (const answer of [await send(text), await sendBatch(text)]) {
      expect([answer.status, answer.body.errors.length]).toEqual([400, 1]);
      expect(answer.body.errors[0].message).toMatch(/not valid JSON \(line 1, column \d+\)|nested deeper/);
    }
  });

  it("is told where it stops being JSON", async () => {
    const { body } = await send(`{"a": [1, 2},\n"b": }`);
    expect(body.errors).toEqual([{ path: "", message: "is not valid JSON (line 1, column 12)" }]);
  });
});

describe("a message that was retried by hand again and again", () => {
  it("is shown with its latest 100 attempts, far below Lambda's 6 MB, and says how many came before", async () => {
    // Six bytes in JSON for each one that is stored.
    const responseBody = "\u0001".repeat(4_096);
    const responseHeaders = { "x-quotes": '"'.repeat(4_000) };
    const message = buildMessage({ createdAt: api.clock.now(), attempt: 250, status: "FAILED" });
    await api.store.insert(message);
    const body = JSON.stringify("x".repeat(262_144));
    await api.store.putPayload(message, buildPayload({ body }), Infinity);
    // Every tenth has left no record.
    for (let number = 1; number <= 250; number += 1)
      if (number % 10 !== 0)
        await api.store.putAttempt(
          message.messageId,
          {
            number,
            claimId: `claim-${number}`,
            outcome: "FAILED",
            startedAt: api.clock.now(),
            responseBody,
            responseHeaders,
          },
          Infinity,
        );
    const answer = await call("GET", `/v1/messages/${message.messageId}`);
    const numbers = answer.body.attempts.map(({ number }: { number: number }) => number);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, at) => 151 + at));
    expect(answer.body.attempts[9].outcome).toBe("UNKNOWN");
    expect(answer.body.attemptsOmitted).toBe(150);
    expect(bytesOf(answer)).toBeLessThan(4_000_000);
  });

  it("has no word of omitted attempts while all are shown", async () => {
    const message = buildMessage({ createdAt: api.clock.now(), attempt: 100, status: "FAILED" });
    await api.store.insert(message);
    const { body } = await call("GET", `/v1/messages/${message.messageId}`);
    expect([body.attempts.length, body.attemptsOmitted]).toEqual([100, undefined]);
  });
});

describe("the answer to a batch", () => {
  it("of 4 MiB of overflowing numbers under a name of 2 MB ends no process, and is short", async () => {
    const name = "n".repeat(2_000_000);
    const head = `{"messages":[{"targetUrl":"${TARGET}","body":{"${name}":[`;
    const numbers = Math.floor((MAX_BATCH_BYTES - head.length - 10) / 6);
    const answer = await sendBatch(`${head}${repeated("1e999", numbers)}]}}]}`);
    expect([answer.status, answer.body.results[0].httpStatus]).toEqual([207, 413]);
    expect(bytesOf(answer)).toBeLessThan(5_000);
  }, 60_000);

  it("with a hundred messages that are all wrong stays below 1 MiB, and counts what it leaves out", async () => {
    const name = "\\u0001".repeat(600);
    const message = `{"targetUrl":"${TARGET}","body":{"${name}":[${repeated("1e999", 200)}]}}`;
    const answer = await sendBatch(`{"messages":[${repeated(message, 100)}]}`);
    expect(answer.status).toBe(207);
    for (const { problem } of answer.body.results)
      expect(problem.errors.length + problem.errorsOmitted).toBe(200);
    expect(bytesOf(answer)).toBeLessThan(MAX_BATCH_ANSWER_BYTES);
  });

  it("refuses every message that is wrong, however much is wrong with the ones before it", async () => {
    const first = `{"targetUrl":"${TARGET}","body":[${repeated("1e999", 1_000)}]}`;
    const { body } = await sendBatch(
      `{"messages":[${first},{"targetUrl":"${TARGET}","body":{"a":1,"a":2}},{"targetUrl":"${TARGET}"}]}`,
    );
    expect(body.results.map(({ httpStatus }: { httpStatus: number }) => httpStatus)).toEqual([400, 400, 202]);
    expect(body.results[1].problem.errors).toEqual([{ path: "body.a", message: "appears twice" }]);
  });

  it("that has 100,000 messages is one refusal", async () => {
    const answer = await sendBatch(`{"messages":[${repeated("1e999", 100_000)}]}`);
    expect([answer.status, answer.body.errors.length]).toEqual([400, 50]);
    expect(bytesOf(answer)).toBeLessThan(MAX_PROBLEM_BYTES);
  });
});

function numberedFields(count: number): string {
  return Array.from({ length: count }, (_, at) => `"f${at}":1`).join(",");
}
