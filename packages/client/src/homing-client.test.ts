import { SendError } from "@homing/core/queue/message-queue";
import * as Batch from "@homing/functions/api/requests/batch";
import * as BodyLimits from "@homing/functions/api/requests/body-limits";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, describe, expect, it } from "vitest";
import { MAX_BATCH_BYTES, MAX_BATCH_MESSAGES } from "./batch-chunks.ts";
import {
  type BatchOutcome,
  type ClientOptions,
  HomingClient,
  HomingError,
  InvalidArgumentError,
  JsonText,
} from "./homing-client.ts";
import { observedClient } from "./testing/observed-client.ts";

const TARGET = "https://example.com/hook";

const clientOf = (api: MemoryApi, options: Partial<ClientOptions> = {}) =>
  observedClient(api.app, { key: OPERATOR_KEY, ...options });

/** A client of something that answers as it is told, in turn; the last answer stays. */
function clientOfAnswers(...answers: Array<() => Response | Promise<Response>>) {
  const waits: number[] = [];
  const keys: Array<string | null> = [];
  let calls = 0;
  const client = new HomingClient({
    url: "http://homing.test",
    key: OPERATOR_KEY,
    fetch: async (input, init) => {
      keys.push(new Request(input, init).headers.get("idempotency-key"));
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (!answer) throw new Error("no answer");
      return answer();
    },
    wait: async (ms) => void waits.push(ms),
    random: () => 1,
  });
  return { client, waits, keys, calls: () => calls };
}

const problem =
  (status: number, retryable: boolean, headers: Record<string, string> = {}) =>
  () =>
    new Response(
      JSON.stringify({
        title: "T",
        status,
        detail: "d",
        code: "SYSTEM_ERROR",
        correlationId: "c",
        retryable,
        stored: true,
      }),
      { status, headers: { "content-type": "application/problem+json", ...headers } },
    );
const accepted = () => Response.json({ messageId: "msg_1", status: "QUEUED" }, { status: 202 });
const unreachable = () => {
  throw new TypeError("fetch failed");
};

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
});

describe("send", () => {
  it("carries an idempotency key of its own, another one each time", async () => {
    const { client, requests } = clientOf(api);
    await client.send({ targetUrl: TARGET });
    await client.send({ targetUrl: TARGET });
    const keys = requests.map(({ headers }) => headers.get("idempotency-key"));
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(2);
  });

  it("takes the caller's key and correlation id", async () => {
    const { client } = clientOf(api);
    const options = { idempotencyKey: "mine", correlationId: "call-1" };
    const first = await client.send({ targetUrl: TARGET, body: 1 }, options);
    const second = await client.send({ targetUrl: TARGET, body: 1 }, options);
    expect([first.correlationId, first.duplicate, second.duplicate]).toEqual(["call-1", false, true]);
    expect(second.messageId).toBe(first.messageId);
  });

  it("is repeated under the same key while the error is retryable, waiting as it is asked to", async () => {
    const { client, waits, keys } = clientOfAnswers(
      problem(503, true, { "retry-after": "5" }),
      problem(503, true),
      accepted,
    );
    expect((await client.send({ targetUrl: TARGET })).messageId).toBe("msg_1");
    // The second wait is the backoff alone: 250 ms, doubled once.
    expect(waits).toEqual([5_000, 500]);
    expect(new Set(keys).size).toBe(1);
  });

  it("is repeated when nobody knows whether it arrived", async () => {
    const gateway = () => new Response("<html>", { status: 502, headers: { "content-type": "text/html" } });
    const { client, waits, keys } = clientOfAnswers(unreachable, gateway, accepted);
    await client.send({ targetUrl: TARGET });
    expect(waits).toEqual([250, 500]);
    expect(new Set(keys).size).toBe(1);
  });

  it("gives up after its retries, with all that the API said", async () => {
    const { client, calls } = clientOfAnswers(problem(503, true));
    const error = await client.send({ targetUrl: TARGET }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HomingError);
    expect(error).toMatchObject({
      status: 503,
      code: "SYSTEM_ERROR",
      correlationId: "c",
      retryable: true,
      stored: true,
    });
    expect(calls()).toBe(5);
  });

  it.each([
    ["it says so itself", problem(500, false)],
    ["the wait would be longer than a minute", problem(503, true, { "retry-after": "61" })],
    ["something else refuses it", () => new Response("no", { status: 403 })],
  ])("is not repeated where %s", async (_why, answer) => {
    const { client, calls } = clientOfAnswers(answer);
    await expect(client.send({ targetUrl: TARGET })).rejects.toBeInstanceOf(HomingError);
    expect(calls()).toBe(1);
  });

  it("tells everything that is wrong with a message", async () => {
    const { client } = clientOf(api);
    const error = await client
      .send({ targetUrl: "ftp://x", method: "BREW" as "GET" })
      .catch((thrown) => thrown);
    expect(error.message).toMatch(/^The request is not valid: .*method: must be one of.*targetUrl: /);
    expect(error.stored).toBe(false);
  });

  it("ends when the caller ends it, without another try", async () => {
    const ended = new AbortController();
    const { client, calls } = clientOfAnswers(() => {
      ended.abort(new Error("enough"));
      return unreachable();
    });
    await expect(client.send({ targetUrl: TARGET }, { signal: ended.signal })).rejects.toThrow("enough");
    expect(calls()).toBe(1);
  });
});

describe("a call that cannot be right", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each<[string, (client: HomingClient) => Promise<unknown>]>([
    ["a BigInt in the body", (client) => client.send({ targetUrl: TARGET, body: { n: 1n } })],
    ["a body that holds itself", (client) => client.send({ targetUrl: TARGET, body: circular })],
    [
      "a BigInt in a batch",
      (client) => client.sendBatch([{ targetUrl: TARGET }, { targetUrl: TARGET, body: 1n }]),
    ],
    [
      "a key that no header carries",
      (client) => client.send({ targetUrl: TARGET }, { idempotencyKey: "ключ" }),
    ],
    ["a correlation id with a line break", (client) => client.get("msg_1", { correlationId: "a\nb" })],
  ])("is thrown back before anything is sent: %s", async (_what, call) => {
    const { client, calls } = clientOfAnswers(accepted);
    await expect(call(client)).rejects.toBeInstanceOf(InvalidArgumentError);
    expect(calls()).toBe(0);
  });

  it("names the message of a batch, and never the text of a key", async () => {
    const { client } = clientOfAnswers(accepted);
    const batch = client.sendBatch([{ targetUrl: TARGET }, { targetUrl: TARGET, body: 1n }]);
    await expect(batch).rejects.toThrow(/^Message 1 cannot be written as JSON/);
    const wrongKey = new HomingClient({ url: "http://homing.test", key: "hk_secret\nx" });
    await expect(wrongKey.stats()).rejects.toThrow("The key holds characters that no header can carry.");
  });

  it.each(["localhost:3000", "homing.test", "", "ftp://homing.test", "http://"])(
    "is the client of %j",
    (url) => {
      expect(() => new HomingClient({ url, key: "k" })).toThrow(InvalidArgumentError);
    },
  );
});

describe("what is not Homing", () => {
  it.each<[string, () => Response, number]>([
    ["a page in its place", () => new Response("<html>", { status: 200 }), 200],
    [
      "a problem that is none",
      () => new Response("<html>", { status: 500, headers: { "content-type": "application/problem+json" } }),
      500,
    ],
    [
      "a way elsewhere",
      () => new Response(null, { status: 301, headers: { location: "https://homing.test" } }),
      301,
    ],
  ])("is told, and not asked again: %s", async (_what, answer, status) => {
    const { client, calls } = clientOfAnswers(answer);
    const error = await client.send({ targetUrl: TARGET }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HomingError);
    expect(error).toMatchObject({ status, retryable: false, code: undefined });
    expect(calls()).toBe(1);
  });

  it("is not followed: a call that is led elsewhere arrives there as another one", async () => {
    const { client, requests } = clientOf(api);
    await client.stats();
    expect(requests[0]?.redirect).toBe("manual");
  });
});

describe("a body", () => {
  const written = '{"b":1,"2":2,"1":3,"n":12345678901234567890,"s":"\\u00e9\\/"}';

  it("as text of JSON is sent as it is written, alone and in a batch", async () => {
    const { client, requests } = clientOf(api);
    await client.send({ targetUrl: TARGET, body: new JsonText(written) });
    await client.sendBatch([{ targetUrl: TARGET, body: new JsonText(written) }]);
    const bodies = await Promise.all(requests.map((request) => request.text()));
    expect(bodies[0]).toBe(`{"body":${written},"targetUrl":"${TARGET}"}`);
    expect(bodies[1]).toContain(`{"messages":[{"body":${written},"targetUrl":"${TARGET}","idempotencyKey":"`);
  });

  it("is not sent if its text is not JSON, or holds half a character", () => {
    for (const text of ["", "{", "1,2", '"\ud800"'])
      expect(() => new JsonText(text)).toThrow(InvalidArgumentError);
  });
});

describe("a batch", () => {
  it("of any size is sent a hundred a call, each message under a key, and answered in order", async () => {
    const { client, requests } = clientOf(api);
    const results = await client.sendBatch(
      Array.from({ length: 230 }, (_, order) => ({
        targetUrl: order === 150 ? "ftp://x" : TARGET,
        body: { order },
      })),
    );
    expect(requests).toHaveLength(3);
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 230 }, (_, index) => index));
    expect(results.flatMap((one) => ("problem" in one ? [one.index] : []))).toEqual([150]);
    expect((await api.queue.depth()).visible).toBe(229);
  });

  it("sends those again whose problem is retryable, and only those, under the same keys", async () => {
    let outages = 1;
    api = createMemoryApi({
      settings: { sendBudgetMs: 1 },
      wrapQueue: (queue) => ({
        send: async (copies, timeoutMs) => {
          const fails = ({ body }: { body: string }) => outages > 0 && body.includes('"order":1}');
          const errors = copies.map((copy) =>
            fails(copy) ? new SendError("QUEUE_UNAVAILABLE", true, "x") : undefined,
          );
          await queue.send(
            copies.filter((copy) => !fails(copy)),
            timeoutMs,
          );
          outages -= 1;
          return errors;
        },
        depth: () => queue.depth(),
        deadLetters: () => queue.deadLetters(),
      }),
    });
    const { client, requests, waits } = clientOf(api);
    const results = await client.sendBatch(
      [0, 1, 2].map((order) => ({ targetUrl: TARGET, body: { order } })),
    );
    expect(results.map(({ index, httpStatus }) => [index, httpStatus])).toEqual([
      [0, 202],
      [1, 200],
      [2, 202],
    ]);
    expect(waits).toEqual([250]);
    const [, again] = await Promise.all(
      requests.map((request) => request.json() as Promise<{ messages: unknown[] }>),
    );
    expect(again?.messages).toHaveLength(1);
    expect((await api.queue.depth()).visible).toBe(3);
  });
});

describe("a large batch", () => {
  const problemsIn = (outcomes: readonly BatchOutcome[]) =>
    outcomes.flatMap((outcome) => ("problem" in outcome ? [outcome] : []));

  it("knows the API's limits", () => {
    expect([MAX_BATCH_MESSAGES, MAX_BATCH_BYTES]).toEqual([
      Batch.MAX_BATCH_MESSAGES,
      BodyLimits.MAX_BATCH_BYTES,
    ]);
  });

  /** The sizes of the calls that a batch makes, of an API that takes all of them. */
  async function sizesOf(messages: Parameters<HomingClient["sendBatch"]>[0]) {
    const sizes: number[] = [];
    const client = new HomingClient({
      url: "http://homing.test",
      key: OPERATOR_KEY,
      fetch: async (_url, init) => {
        const text = String(init?.body);
        sizes.push(Buffer.byteLength(text));
        const { messages: sent } = JSON.parse(text) as { messages: unknown[] };
        const results = sent.map((_, index) => ({ index, httpStatus: 202, message: {} }));
        return Response.json({ results }, { status: 207 });
      },
    });
    const outcomes = await client.sendBatch(messages);
    expect(outcomes.map(({ index }) => index)).toEqual(messages.map((_, index) => index));
    return sizes;
  }

  it("is split by bytes, too", async () => {
    const sizes = await sizesOf(
      Array.from({ length: 100 }, () => ({ targetUrl: TARGET, body: "x".repeat(45_000) })),
    );
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
    // As full as it can be: one more message would not have fitted.
    expect(sizes[0]).toBeGreaterThan(MAX_BATCH_BYTES - 46_000);
  });

  it("counts bytes, not characters", async () => {
    expect(
      await sizesOf(Array.from({ length: 60 }, () => ({ targetUrl: TARGET, body: "é".repeat(40_000) }))),
    ).toHaveLength(2);
  });

  it("tells of one message that is too large by itself, and sends the others", async () => {
    const { client } = clientOf(api, {
      fetch: async (input, init) => api.app.fetch(new Request(input, init)),
    });
    const outcomes = await client.sendBatch([
      { targetUrl: TARGET },
      { targetUrl: TARGET, body: "x".repeat(MAX_BATCH_BYTES) },
      { targetUrl: TARGET },
    ]);
    expect(outcomes.map(({ httpStatus }) => httpStatus)).toEqual([202, 413, 202]);
    expect(problemsIn(outcomes)[0]?.problem).toMatchObject({ code: "PAYLOAD_TOO_LARGE", retryable: false });
  });

  it("forgets nothing that was accepted when a call of it fails", async () => {
    let calls = 0;
    const { client } = clientOf(api, {
      fetch: async (input, init) => {
        calls += 1;
        // The second hundred never arrives, however often it is sent; those before and after it do.
        if (calls >= 2 && calls <= 6) throw new TypeError("fetch failed");
        return api.app.fetch(new Request(input, init));
      },
    });
    const outcomes = await client.sendBatch(
      Array.from({ length: 250 }, (_, order) => ({ targetUrl: TARGET, idempotencyKey: `order-${order}` })),
    );
    expect(outcomes.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      Array.from({ length: 250 }, (_, order) => `order-${order}`),
    );
    const lost = problemsIn(outcomes);
    expect(lost.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, index) => index + 100));
    for (const { httpStatus, problem } of lost) {
      expect(httpStatus).toBe(503);
      expect(problem).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
      expect(problem.detail).toBe("Homing at http://homing.test cannot be reached.");
    }
    expect((await api.queue.depth()).visible).toBe(150);
  });

  it("says under which key a message went, so that it can be sent again without doubling", async () => {
    const down = clientOfAnswers(unreachable);
    const outcomes = await down.client.sendBatch([
      { targetUrl: TARGET },
      { targetUrl: TARGET, idempotencyKey: undefined },
      { targetUrl: TARGET, idempotencyKey: "mine" },
    ]);
    expect(outcomes.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
      "mine",
    ]);
    const error = await down.client.send({ targetUrl: TARGET }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ idempotencyKey: down.keys.at(-1) });
  });

  it("meets an outage once, not as often as it has calls", async () => {
    const { client, calls } = clientOfAnswers(unreachable);
    const outcomes = await client.sendBatch(Array.from({ length: 300 }, () => ({ targetUrl: TARGET })));
    expect(problemsIn(outcomes)).toHaveLength(300);
    // Five tries of the first call; one of each other.
    expect(calls()).toBe(7);
  });

  it("that its caller ends tells what was accepted until then", async () => {
    const ended = new AbortController();
    const { client } = clientOf(api, {
      fetch: async (input, init) => {
        const response = await api.app.fetch(new Request(input, init));
        ended.abort(new Error("enough"));
        return response;
      },
    });
    const messages = Array.from({ length: 150 }, () => ({ targetUrl: TARGET }));
    const outcomes = await client.sendBatch(messages, { signal: ended.signal });
    expect(problemsIn(outcomes).map(({ index }) => index)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 100),
    );
    await expect(client.sendBatch(messages, { signal: ended.signal })).rejects.toThrow("enough");
  });
});

describe("reading and moving", () => {
  it("pages through a list as far as it is asked to", async () => {
    const { client, requests } = clientOf(api);
    await client.sendBatch(Array.from({ length: 250 }, () => ({ targetUrl: TARGET, senderId: "acme" })));
    requests.length = 0;
    const ids = new Set<string>();
    for await (const { messageId } of client.list({ senderId: "acme", until: new Date("2027-01-01") }))
      ids.add(messageId);
    expect(ids.size).toBe(250);
    expect(requests).toHaveLength(3);
    requests.length = 0;
    for await (const _ of client.list()) break;
    expect(requests).toHaveLength(1);
  });

  it("shows, cancels, counts, and retries what can be retried", async () => {
    const { client } = clientOf(api);
    const { messageId } = await client.send({ targetUrl: TARGET, deliverAt: "2026-11-23T12:00:00Z" });
    expect((await client.get(messageId)).pendingReason).toBe("SCHEDULED");
    expect((await client.retry(messageId)).status).toBe("QUEUED");
    expect((await client.cancel(messageId)).status).toBe("CANCELLED");
    expect((await client.stats()).counts.CANCELLED).toBe(1);
    await expect(client.cancel(messageId)).rejects.toMatchObject({ code: "CONFLICT", status: 409 });
    await expect(client.get("msg_1/../x")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const stretches = [];
    for await (const stretch of client.retryAll({ since: new Date(0) })) stretches.push(stretch);
    expect(stretches).toEqual([{ retried: 0, skipped: 0 }]);
  });

  it("counts before it cancels or retries many, and filters both", async () => {
    const { client } = clientOf(api);
    for (let sent = 0; sent < 3; sent += 1)
      await client.send({ targetUrl: TARGET, deliverAt: "2026-11-23T12:00:00Z" });
    expect(await client.countCancellable({ status: "PENDING", target: "other.example" })).toBe(0);
    expect(await client.countCancellable({ status: "PENDING", since: new Date(0) })).toBe(3);
    expect(await client.countRetryable({ failureReason: "EXPIRED", responseStatus: 503 })).toBe(0);
    expect(await client.cancelPage({ status: "PENDING", limit: 1 })).toMatchObject({ cancelled: 1 });
    const stretches = [];
    for await (const stretch of client.cancelAll({ status: "PENDING" })) stretches.push(stretch);
    expect(stretches).toEqual([{ cancelled: 2, skipped: 0 }]);
    expect((await client.stats()).counts).toMatchObject({ PENDING: 0, CANCELLED: 3 });
  });

  it("counts over all stretches", async () => {
    const { client, calls } = clientOfAnswers(
      () => Response.json({ matching: 1_000, skipped: 0, nextCursor: "c" }),
      () => Response.json({ matching: 7, skipped: 0 }),
    );
    expect(await client.countRetryable()).toBe(1_007);
    expect(calls()).toBe(2);
  });

  it("does not repeat a retry that may have been done", async () => {
    const { client, calls } = clientOfAnswers(unreachable);
    await expect(client.retry("msg_1")).rejects.toMatchObject({ retryable: false });
    expect(calls()).toBe(1);
  });

  it("manages keys", async () => {
    const { client } = clientOf(api);
    const created = await client.createKey({ senderId: "acme", scopes: ["read"] });
    expect(await client.ownKey()).toMatchObject({ keyId: "operator", senderId: "*" });
    expect((await client.listKeys()).map(({ keyId }) => keyId)).toEqual([created.keyId]);
    expect(await client.listKeys({ senderId: "globex" })).toEqual([]);
    // More than a page of them.
    for (let keys = 1; keys < 103; keys += 1) await client.createKey({ senderId: "acme", scopes: ["read"] });
    expect(new Set((await client.listKeys()).map(({ keyId }) => keyId)).size).toBe(103);
    expect((await client.createPortalLink({ senderId: "acme", expiresIn: "2h" })).url).toContain(
      "/portal#key=hk_",
    );
    expect((await client.rotateSender("acme")).signingSecret).not.toBe(created.signingSecret);
    expect((await client.revokeKey(created.keyId)).revokedAt).toBeDefined();
    await expect(clientOf(api, { key: "wrong" }).client.listKeys()).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
  });
});
