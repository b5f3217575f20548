/** The requirements that Homing was begun for, each by its name, from outside; those about SQS in `sqs.integration.test.ts`. */
import { createHmac } from "node:crypto";
import { EVERY_PLANE } from "@homing/core/testing/every-plane";
import { type Caller, createHttpCaller } from "@homing/functions/testing/api-caller";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiCaller, callApi } from "../testing/api-caller.ts";
import { type Installation, KEY, startInstallation } from "../testing/installation.ts";
import { type Receiver, startReceiver } from "../testing/receiver.ts";

/** The machine may be busy. */
const SOON = { timeout: 60_000 };

let homing: Installation;
let call: Caller;
let api: ApiCaller;
let receiver: Receiver;
beforeAll(async () => {
  homing = await startInstallation();
  call = createHttpCaller(homing.url, KEY);
  api = callApi(homing.url, KEY);
});
afterAll(() => homing?.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const completed = (messageId: unknown) => api.until(messageId, ({ status }) => status === "COMPLETED");

describe("the body arrives as written", () => {
  it.each([
    [
      "an object",
      `{"emoji":${JSON.stringify(EVERY_PLANE)},"n":12345678901234567890,"e":1e20,"f":1.0}`,
      undefined,
    ],
    ["a number that no double holds", "12345678901234567890", undefined],
    ["1e20", "1e20", undefined],
    ["null", "null", undefined],
    ["a text of every plane", JSON.stringify(EVERY_PLANE), EVERY_PLANE],
    ["names in their order, those that look like an index too", '{"b":1,"2":2,"1":3}', undefined],
    [
      "the escapes of PHP's json_encode",
      '{"url":"https:\\/\\/example.com\\/","name":"caf\\u00e9"}',
      undefined,
    ],
    ["the escapes of Go's encoding/json", '{"html":"\\u003cb\\u003e \\u0026 \\u2028"}', undefined],
    ["the escapes of Python's json.dumps", '["\\ud83d\\ude00","\\u00fc"]', undefined],
    ["escapes beside the characters they stand for", '["\\ud83d\\ude00 😀 \\uffff \uffff"]', undefined],
    ["a text with escapes", '"caf\\u00e9 \\/ \\ud83d\\ude00"', "café / 😀"],
  ])("through POST, the queue and delivery, and in GET: %s", async (_what, bodyText, asText) => {
    const { body } = await call("POST", "/v1/messages", {
      text: `{"targetUrl":${JSON.stringify(receiver.url)},"body":${bodyText}}`,
    });
    await completed(body.messageId);
    expect(receiver.received).toHaveLength(1);
    const [request] = receiver.received;
    expect(request?.body).toBe(asText ?? bodyText);
    expect(request?.headers["content-type"]).toBe(
      asText === undefined ? "application/json" : "text/plain; charset=utf-8",
    );
    expect((await call("GET", `/v1/messages/${body.messageId}`)).text).toContain(`"body":${bodyText}`);
  });

  it("in a batch too, without its insignificant white space, at every attempt", async () => {
    const written = ' {\n\t"b" : [ 1.0 , "\\u003c a \\"b\\" 😀" ] ,\r\n "1" : { } } ';
    const compact = '{"b":[1.0,"\\u003c a \\"b\\" 😀"],"1":{}}';
    const statuses = [503, 200];
    const unsteady = await startReceiver((response) => {
      response.statusCode = statuses.shift() ?? 500;
      response.end();
    });
    const { body } = await call("POST", "/v1/messages/batch", {
      text: `{ "messages" : [ { "targetUrl" : ${JSON.stringify(unsteady.url)} , "body" :${written}} ] }`,
    });
    const { messageId } = body.results[0].message;
    await api.until(messageId, ({ status, attemptCount }) => status !== "PROCESSING" && attemptCount === 1);
    expect((await call("POST", `/v1/messages/${messageId}/retry`)).status).toBe(202);
    await completed(messageId);
    await unsteady.close();
    expect(unsteady.received.map((request) => request.body)).toEqual([compact, compact]);
  });
});

it("a hundred concurrent posts with one key make one message and one delivery", async () => {
  const json = { targetUrl: receiver.url, body: { once: true } };
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      call("POST", "/v1/messages", { json, headers: { "idempotency-key": "hundred" } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(99).fill(200), 202]);
  expect(new Set(answers.map(({ body }) => body.messageId)).size).toBe(1);
  await completed(answers[0]?.body.messageId);
  await expect
    .poll(async () => (await call("GET", "/v1/stats")).body.queue, SOON)
    .toMatchObject({ visible: 0, inFlight: 0 });
  expect(receiver.received).toHaveLength(1);
});

it("a rotated signing secret signs the very next delivery, with the one before it, so that receivers may hold either", async () => {
  const created = await call("POST", "/v1/keys", { json: { senderId: "rotating", scopes: ["send"] } });
  const deliver = async () => {
    const json = { targetUrl: receiver.url, body: "signed" };
    const { body: sent } = await call("POST", "/v1/messages", { key: created.body.key, json });
    await completed(sent.messageId);
    const { headers = {}, body = "" } = receiver.received.at(-1) ?? {};
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const sign = (secret: string) => {
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
    };
    return { signature: headers["webhook-signature"], sign };
  };
  const before = await deliver();
  expect(before.signature).toBe(before.sign(created.body.signingSecret));
  const rotated = await call("POST", "/v1/senders/rotating/rotate");
  const after = await deliver();
  const secrets = [rotated.body.signingSecret, created.body.signingSecret];
  expect(after.signature).toBe(secrets.map(after.sign).join(" "));
});
