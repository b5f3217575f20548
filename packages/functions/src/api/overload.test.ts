import type { MessageStore } from "@homing/core/store/message-store";
import { describe, expect, it } from "vitest";
import { createMemoryApi, OPERATOR_KEY } from "../testing/memory-api.ts";

const ID = "msg_00000000000000000000000000";
const AUTHORIZATION = { authorization: `Bearer ${OPERATOR_KEY}` };

/** An API that works on two calls at a time, and whose storage answers when it is let. */
function slowApi() {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const wrapStore = (store: MessageStore): MessageStore => ({
    ...store,
    getDetail: async (messageId) => {
      await gate;
      return store.getDetail(messageId);
    },
  });
  return { ...createMemoryApi({ wrapStore, maxCallsInProgress: 2 }), letGo };
}

describe("a process with as many calls as it can work on", () => {
  it("refuses further ones at once, to be repeated, and takes calls again when one has ended", async () => {
    const { call, letGo, observer } = slowApi();
    const slow = [call("GET", `/v1/messages/${ID}`), call("GET", `/v1/messages/${ID}`)];
    const refused = await call("POST", "/v1/messages", { json: { targetUrl: "https://example.com/" } });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(refused.body).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect(refused.body).not.toHaveProperty("stored");
    expect(observer.lines.filter(({ event }) => event === "system_error")).toEqual([]);
    letGo();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([404, 404]);
    expect((await call("GET", "/v1/messages")).body.items).toEqual([]);
  });

  it("answers health, readiness and its document all the same", async () => {
    const { call, letGo } = slowApi();
    const slow = [call("GET", `/v1/messages/${ID}`), call("GET", `/v1/messages/${ID}`)];
    for (const path of ["/v1/health", "/v1/ready", "/v1/openapi.json", "/docs"])
      expect([path, (await call("GET", path)).status]).toEqual([path, 200]);
    letGo();
    await Promise.all(slow);
  });

  it("counts no call that it only waits for: slow callers keep nobody out", async () => {
    const { app, call } = slowApi();
    const finish: Array<() => void> = [];
    const slow: Array<Response | Promise<Response>> = [];
    for (let callers = 0; callers < 5; callers += 1) {
      const { promise: isWaitedFor, resolve: waitedFor } = Promise.withResolvers<void>();
      const body = new ReadableStream(
        {
          start: (controller) => {
            finish.push(() => {
              controller.enqueue(new TextEncoder().encode('{"targetUrl":"https://example.com/"}'));
              controller.close();
            });
          },
          pull: () => waitedFor(),
        },
        { highWaterMark: 0 },
      );
      const headers = { ...AUTHORIZATION, "content-type": "application/json" };
      const request = { method: "POST", headers, body, duplex: "half" } as RequestInit;
      slow.push(app.request("http://127.0.0.1/v1/messages", request));
      await isWaitedFor;
    }
    expect((await call("GET", "/v1/messages")).status).toBe(200);
    for (const end of finish) end();
    const statuses = (await Promise.all(slow)).map(({ status }) => status);
    expect(statuses.every((status) => status === 202 || status === 503)).toBe(true);
    expect(statuses).toContain(202);
    const stored = (await call("GET", "/v1/messages")).body.items;
    expect(stored).toHaveLength(statuses.filter((status) => status === 202).length);
  });

  it("holds only so many bytes of bodies: then large ones are to be repeated, and small ones are taken", async () => {
    const { app, call } = createMemoryApi({ maxHeldBytes: 100_000 });
    const message = (bytes: number) => ({ targetUrl: "https://example.com/", body: "x".repeat(bytes) });
    const text = JSON.stringify(message(90_000));
    const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
    let finish: () => void = () => undefined;
    let pulls = 0;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulls += 1;
          if (pulls === 1) return controller.enqueue(new TextEncoder().encode(text.slice(0, -1)));
          finish = () => {
            controller.enqueue(new TextEncoder().encode(text.slice(-1)));
            controller.close();
          };
          held();
          return new Promise(() => undefined);
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { ...AUTHORIZATION, "content-type": "application/json" };
    const request = { method: "POST", headers, body, duplex: "half" } as RequestInit;
    const slow = app.request("http://127.0.0.1/v1/messages", request);
    await isHeld;

    const large = () => call("POST", "/v1/messages", { json: message(50_000) });
    const refused = await large();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(refused.body).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
    expect((await call("POST", "/v1/messages", { json: message(16_000) })).status).toBe(202);
    finish();
    expect((await slow).status).toBe(202);
    for (let calls = 0; calls < 3; calls += 1) expect((await large()).status).toBe(202);
  });

  it("forgets a call that failed, whatever it died of", async () => {
    const { call } = createMemoryApi({
      maxCallsInProgress: 1,
      wrapStore: (store) => ({ ...store, getDetail: () => Promise.reject(new Error("broken")) }),
    });
    for (let calls = 0; calls < 3; calls += 1)
      expect((await call("GET", `/v1/messages/${ID}`)).status).toBe(500);
    expect((await call("POST", "/v1/messages", { text: "{" })).status).toBe(400);
    expect((await call("GET", "/v1/messages")).status).toBe(200);
  });
});
