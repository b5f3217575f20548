/** What a receiver gets, and what is kept and told of it. */
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type ApiCaller, callApi } from "./testing/api-caller.ts";
import { type InspectedInstallation, KEY, startInspectedInstallation } from "./testing/installation.ts";
import { type Receiver, startReceiver } from "./testing/receiver.ts";

let homing: InspectedInstallation;
let api: ApiCaller;
let receiver: Receiver;
/** Everything the process has written out. */
const output: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk) => output.push(String(chunk)) > 0);
  }
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "INFO");
  homing = await startInspectedInstallation({
    HOMING_RETRY_SCHEDULE: "10ms",
    HOMING_RECONCILE_INTERVAL: "200ms",
    // Longer than a worker on AWS runs, and within the lease.
    HOMING_DELIVERY_TIMEOUT: "40s",
  });
  api = callApi(homing.url, KEY);
});

afterAll(async () => {
  await homing?.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

afterEach(() => receiver?.close());

const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

/** Sends JSON as it is written, numbers and all. */
async function post(path: string, text: string): Promise<Record<string, string>> {
  const response = await fetch(`${homing.url}${path}`, { method: "POST", headers, body: text });
  return (await response.json()) as Record<string, string>;
}

const finished = ({ status }: { status: string }) => status === "COMPLETED" || status === "FAILED";

describe("a receiver", () => {
  it.each<[string, string, string, string | undefined]>([
    ["text", '"plain text"', "plain text", "text/plain; charset=utf-8"],
    [
      "text beyond the basic plane",
      '"\\ud83d\\udc69\\u200d🚀 \\u0000 \\uffff Grüße"',
      "👩\u200d🚀 \u0000 \uffff Grüße",
      "text/plain; charset=utf-8",
    ],
    ["an empty text", '""', "", "text/plain; charset=utf-8"],
    ["an object", '{ "b" : [ 1, "😀" ],\n "a": null }', '{"b":[1,"😀"],"a":null}', "application/json"],
    ["a number beyond a double", "12345678901234567890.10", "12345678901234567890.10", "application/json"],
    ["null", "null", "null", "application/json"],
    ["false", "false", "false", "application/json"],
    ["no body", "", "", undefined],
  ])(
    "gets %s byte for byte, with a signature that the published library verifies",
    async (name, body, delivered, type) => {
      receiver = await startReceiver();
      const senderId = `verified-${name.replaceAll(" ", "-")}`;
      const { signingSecret = "" } = await post("/v1/keys", JSON.stringify({ senderId, scopes: ["send"] }));
      const field = body === "" ? "" : `,"body":${body}`;
      const { messageId = "" } = await post(
        "/v1/messages",
        `{"targetUrl":"${receiver.url}/hook","senderId":"${senderId}"${field}}`,
      );
      await api.until(messageId, finished);
      const [request] = receiver.received;
      expect(request?.body).toBe(delivered);
      expect(request?.headers["content-type"]).toBe(type);
      expect(request?.headers["content-length"]).toBe(String(Buffer.byteLength(delivered)));
      expect(request?.headers["webhook-id"]).toBe(messageId);
      const sent = request?.headers as Record<string, string>;
      const verify = (text: string) => new Webhook(signingSecret).verify(text, sent, { jsonParse: false });
      expect(() => verify(delivered)).not.toThrow();
      expect(() => verify(`${delivered} `)).toThrow("No matching signature");
    },
  );

  it("that is Homing itself refuses the delivery: no message makes messages", async () => {
    receiver = await startReceiver();
    const loop = {
      targetUrl: `${homing.url}/v1/messages`,
      headers,
      body: { targetUrl: receiver.url, senderId: "looped" },
    };
    const { body } = await api.send(loop);
    expect(await api.until(body.messageId, finished)).toMatchObject({
      status: "FAILED",
      failureReason: "TARGET_REJECTED",
      attempts: [{ responseStatus: 400, responseBody: expect.stringContaining("webhook-id") }],
    });
    const made = await fetch(`${homing.url}/v1/messages?senderId=looped`, { headers });
    expect(await made.json()).toEqual({ items: [] });
  });

  it("is never one of the servers that Homing stands on, by whatever name", async () => {
    const { innerPort: port } = homing;
    for (const host of ["127.0.0.1", "localhost", "a.localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1"]) {
      const { body } = await api.send({ targetUrl: `http://${host}:${port}/`, method: "GET" });
      expect(await api.until(body.messageId, finished), host).toMatchObject({
        failureReason: "TARGET_NOT_ALLOWED",
        attempts: [{ decision: { explanation: expect.stringContaining(`Port ${port}`) } }],
      });
    }
  });
});

describe("structured logs", () => {
  it("have one line each of a call and its attempt, under the correlation id that goes from one to the other", async () => {
    receiver = await startReceiver();
    const correlationId = "checkout-7f3a";
    const { body } = await api.send(
      { targetUrl: receiver.url, senderId: "acme" },
      { "x-correlation-id": correlationId },
    );
    const { messageId, history } = await api.until(body.messageId, finished);
    const lines = () =>
      output
        .flatMap((text) => text.split("\n"))
        .filter((line) => line.includes(correlationId))
        .map((line) => JSON.parse(line));
    const told = { correlationId, messageId, senderId: "acme" };
    await expect.poll(lines).toMatchObject([
      { event: "request", ...told },
      { event: "attempt", ...told },
    ]);
    expect(receiver.received[0]?.headers["x-correlation-id"]).toBe(correlationId);
    expect(new Set(history.map((entry) => entry.correlationId))).toEqual(new Set([correlationId]));
  });
});

describe("secrets", () => {
  it("planted in requests and answers are in no log line, and in nothing that is stored of an attempt", async () => {
    const answers = [200, 503, 404, 302];
    receiver = await startReceiver((response, request) => {
      const status = Number(/\d+/.exec(request.path)?.[0] ?? 0);
      if (status === 0) return void response.socket?.destroy();
      const echoed = JSON.stringify(request.headers);
      response.writeHead(status, {
        "set-cookie": ["session=planted-cookie-1", "b=planted-cookie-2"],
        "x-auth-token": "planted-answer",
        "x-echo": echoed,
      });
      response.end(echoed);
    });
    const message = (path: string) => ({
      targetUrl: `${receiver.url}${path}?token=planted-query#planted-fragment`,
      headers: {
        Authorization: "Bearer planted-bearer",
        Cookie: "session=planted-session; theme=planted-theme",
        "X-Api-Key": "planted-api-key",
        "X-Client-Secret": "planted-client-secret",
        "X-Visible": "seen",
      },
      body: { card: "planted-body" },
      metadata: { note: "planted-metadata" },
    });
    const ids: unknown[] = [];
    for (const path of [...answers.map((status) => `/${status}`), "/reset"]) {
      const { body } = await api.send(message(path), { "idempotency-key": `planted-key ${path}` });
      ids.push(body.messageId);
    }
    // Refused, each in its own way.
    await api.send({ ...message("/200"), targetUrl: "https://planted-user:planted-password@example.com/" });
    await api.send({ ...message("/200"), targetUrl: "http://10.0.0.1/?token=planted-query" });
    await api.send({ ...message("/200"), headers: { "webhook-id": "planted-header" } });
    await api.send(message("/404"), { "idempotency-key": "planted-key /200" });
    await post("/v1/messages", '{"targetUrl": "planted-text');
    await fetch(`${homing.url}/v1/messages?planted=planted-parameter`, {
      headers: { authorization: "Bearer hk_planted-wrong-key" },
    });
    for (const id of ids) await api.until(id, finished);

    const lines = output.join("");
    expect(lines).toContain(`"event":"attempt"`);
    for (const id of ids) expect(lines).toContain(String(id));
    expect(lines.split("\n").filter((line) => line.includes("planted"))).toEqual([]);

    const stored = await homing.storedAttempts(ids);
    // One success inside its message; two attempts each at 503 and at the reset; one each at 404 and 302.
    expect(stored).toHaveLength(7);
    expect(stored.filter((item) => item.includes("seen")).length).toBeGreaterThanOrEqual(5);
    expect(stored.filter((item) => item.includes("planted"))).toEqual([]);
  });
});
