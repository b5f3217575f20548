import { MINUTE } from "@homing/core/duration";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

/** Sends one message a minute after the one before and takes it through the steps; answers its id. */
async function send(json: object = {}, ...steps: StepName[]): Promise<string> {
  api.clock.advance(MINUTE);
  const sent = await call("POST", "/v1/messages", {
    json: { targetUrl: "https://example.com/hook", ...json },
  });
  await move(sent.body.messageId, ...steps);
  return sent.body.messageId;
}

async function move(messageId: string, ...steps: StepName[]): Promise<void> {
  for (const step of steps) {
    const message = await api.store.get(messageId);
    if (!message) throw new Error("The message is gone.");
    await api.store.apply(messageId, stepOf(step, message));
  }
}

async function list(query: string): Promise<{ ids: string[]; nextCursor?: string }> {
  const { body } = await call("GET", `/v1/messages?${query}`);
  return { ...body, ids: body.items.map(({ messageId }: { messageId: string }) => messageId) };
}

/** All pages, with something happening between them. */
async function page(query: string, between: (page: number) => Promise<unknown> = async () => undefined) {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; ; pages += 1) {
    const next = await list(`${query}${cursor === undefined ? "" : `&cursor=${cursor}`}`);
    ids.push(...next.ids);
    cursor = next.nextCursor;
    if (cursor === undefined) return ids;
    await between(pages);
  }
}

describe("a list", () => {
  it("is newest first, 50 a page", async () => {
    const ids = [];
    for (let sent = 0; sent < 53; sent += 1) ids.unshift(await send());
    const { ids: first, nextCursor } = await list("");
    expect(first).toEqual(ids.slice(0, 50));
    expect((await list(`cursor=${nextCursor}`)).ids).toEqual(ids.slice(50));
    expect(await list(`cursor=${nextCursor}`)).not.toHaveProperty("nextCursor");
    expect(await page("limit=7")).toEqual(ids);
  });

  it("is filtered by status, rollback, sender, time and host", async () => {
    const completed = await send({}, "claim", "completeFirst");
    const failed = await send({ targetUrl: "https://other.example:8443/" }, "claim", "fail");
    const rolledBack = await send({ senderId: "acme" }, "rollback");
    const waiting = await send({}, "claim", "retryLater");
    const requeued = await send({ targetUrl: "https://other.example/" }, "rollback", "enqueue");
    const cancelled = await send({}, "rollback", "cancel");
    // Its copy was claimed: the send got through after all, and what it waits for now is its target.
    const claimed = await send({}, "rollback", "enqueue", "claim", "retryLater");

    const cases: Array<[string, string[]]> = [
      ["status=COMPLETED", [completed]],
      ["status=FAILED", [failed]],
      ["status=PENDING", [rolledBack, waiting, claimed]],
      ["status=QUEUED", [requeued]],
      ["status=PROCESSING", []],
      ["status=CANCELLED", [cancelled]],
      ["rolledBack=true", [requeued, rolledBack]],
      ["rolledBack=true&status=QUEUED", [requeued]],
      ["rolledBack=false", [claimed, cancelled, requeued, waiting, rolledBack, failed, completed]],
      ["senderId=acme", [rolledBack]],
      ["senderId=acme&status=FAILED", []],
      ["senderId=nobody", []],
      ["target=other.example", [requeued, failed]],
      ["target=OTHER.example:8443", [failed]],
      ["target=example.com&status=COMPLETED", [completed]],
      ["failureReason=TARGET_REJECTED", [failed]],
      ["failureReason=ATTEMPTS_EXHAUSTED", []],
      ["failureReason=TARGET_REJECTED&status=PENDING", []],
      // Of the latest attempt: 200, 404, 503 and 503; the others have made none.
      ["responseStatus=200", [completed]],
      ["responseStatus=404", [failed]],
      ["responseStatus=503", [claimed, waiting]],
      ["responseStatus=503&status=PENDING", [waiting, claimed]],
      ["status=FAILED&failureReason=TARGET_REJECTED&responseStatus=410", []],
      ["since=2026-11-22T12:05:00Z", [claimed, cancelled, requeued]],
      ["until=2026-11-22T12:02:00Z", [completed]],
      ["since=2026-11-22T12:02:00Z&until=2026-11-22T12:04:00Z", [rolledBack, failed]],
    ];
    for (const [query, ids] of cases) expect([query, (await list(query)).ids]).toEqual([query, ids]);
  });

  it("is filtered by metadata, exactly, and goes on where a page stopped looking", async () => {
    const order = await send({ metadata: { order: "42", shop: "a=b" } });
    await send({ metadata: { order: "421" } });
    await send({ metadata: { Order: "42" } });
    await send();
    expect((await list("metadata=order%3D42")).ids).toEqual([order]);
    expect((await list("metadata=shop%3Da%3Db")).ids).toEqual([order]);
    expect((await list("metadata=constructor%3D42")).ids).toEqual([]);
    expect((await list("metadata=order%3D42&status=FAILED")).ids).toEqual([]);
    expect((await call("GET", "/v1/messages?metadata=order")).body.errors).toEqual([
      { path: "metadata", message: "must be a name, = and a value" },
    ]);
    for (let sent = 0; sent < 600; sent += 1) await send();
    const first = await list("metadata=order%3D42");
    expect(first.ids).toEqual([]);
    expect(first.nextCursor).toBeDefined();
    expect(await page("metadata=order%3D42")).toEqual([order]);
  });

  it("is filtered by part of the id: its beginning, or any part, in either case, of the sender of the key alone", async () => {
    const ids: string[] = [];
    for (let sent = 0; sent < 3; sent += 1) ids.unshift(await send({ senderId: "acme" }));
    const [, second = ""] = ids;
    const end = second.slice(-8);
    const beginning = second.slice(0, 18);
    expect(await page(`idPart=${end}`)).toEqual([second]);
    expect(await page(`idPart=${end.toLowerCase()}`)).toEqual([second]);
    expect(await page(`idPart=${beginning.toLowerCase()}`)).toEqual([second]);
    expect(await page(`idPart=msg_${end}`)).toEqual([]);
    expect(await page(`idPart=${second}`)).toEqual([second]);
    expect(await page(`idPart=${end}&senderId=acme&status=QUEUED&target=example.com`)).toEqual([second]);
    for (const other of ["senderId=globex", "status=FAILED", "until=2026-11-22T12:00:00Z"])
      expect([other, await page(`idPart=${end}&${other}`)]).toEqual([other, []]);
    const [own, foreign] = [await api.createKey("acme", ["read"]), await api.createKey("globex", ["read"])];
    const seen = async (key: string, query: string) =>
      (await call("GET", `/v1/messages?${query}`, { key })).body.items.length;
    expect([await seen(own, `idPart=${end}`), await seen(foreign, `idPart=${end}`)]).toEqual([1, 0]);
    expect([await seen(foreign, `idPart=${beginning}`), await seen(foreign, `idPart=${second}`)]).toEqual([
      0, 0,
    ]);
    expect(await seen(foreign, `idPart=${end}&senderId=acme`)).toBe(0);
  });

  it("is filtered by correlation id, exactly, of the sender of the key alone", async () => {
    const json = { targetUrl: "https://example.com/", senderId: "acme" };
    const headers = { "x-correlation-id": "checkout-7f3a" };
    const { messageId } = (await call("POST", "/v1/messages", { json, headers })).body;
    for (let sent = 0; sent < 3; sent += 1) await send({ senderId: "acme" });
    expect(await page("correlationId=checkout-7f3a")).toEqual([messageId]);
    expect(await page("correlationId=checkout-7f3a&limit=1")).toEqual([messageId]);
    for (const other of ["checkout-7f3", "heckout-7f3a", "CHECKOUT-7F3A"])
      expect([other, await page(`correlationId=${other}`)]).toEqual([other, []]);
    expect(await page("correlationId=checkout-7f3a&senderId=globex")).toEqual([]);
    const foreign = await api.createKey("globex", ["read"]);
    const found = await call("GET", "/v1/messages?correlationId=checkout-7f3a", { key: foreign });
    expect(found.body).toEqual({ items: [] });
    expect((await call("GET", "/v1/messages?correlationId=a%20b")).body.errors).toEqual([
      { path: "correlationId", message: "must be a correlation id, of at most 128 characters" },
    ]);
  });

  it("by part of the id takes no pattern, and nothing that can be in no id", async () => {
    const sent = await send();
    for (const text of [
      "0",
      "01K",
      "msg_",
      "msg_01K",
      "%25%25%25%25",
      "____",
      "01K%25",
      "0*0*",
      "01KU",
      "0'--",
      `${sent}0`,
    ]) {
      const { status, body } = await call("GET", `/v1/messages?idPart=${text}`);
      expect([text, status, body.errors]).toEqual([
        text,
        400,
        [
          {
            path: "idPart",
            message: "must be 4 to 26 characters of a message's id: digits, and letters but I, L, O and U",
          },
        ],
      ]);
    }
  });

  it("by part of the id goes on behind a page, each message once", async () => {
    const ids: string[] = [];
    for (let sent = 0; sent < 7; sent += 1) ids.unshift(await send());
    const part = ids[0]?.slice(0, 8) ?? "";
    expect((await list(`idPart=${part}&limit=2`)).ids).toEqual(ids.slice(0, 2));
    expect(await page(`idPart=${part}&limit=2`)).toEqual(ids);
    expect(await page(`idPart=${part.slice(4)}&limit=3`)).toEqual(ids);
    const { nextCursor } = await list(`idPart=${part}&limit=2`);
    expect((await call("GET", `/v1/messages?idPart=${part}0&cursor=${nextCursor}`)).status).toBe(400);
  });

  it("finds the message of an idempotency key, if it fits the other filters", async () => {
    const sent = await call("POST", "/v1/messages", {
      json: { targetUrl: "https://example.com/", senderId: "acme" },
      headers: { "idempotency-key": "k" },
    });
    const query = "senderId=acme&idempotencyKey=k";
    expect((await list(query)).ids).toEqual([sent.body.messageId]);
    expect((await list(`${query}&status=QUEUED&target=example.com`)).ids).toEqual([sent.body.messageId]);
    for (const other of [
      "status=FAILED",
      "target=other.example",
      "until=2026-11-22T12:00:00Z",
      "rolledBack=true",
      "idPart=0000",
    ])
      expect((await list(`${query}&${other}`)).ids).toEqual([]);
    expect((await list("senderId=globex&idempotencyKey=k")).ids).toEqual([]);
  });

  it("shows an item as the message itself is shown, without what only one message shows", async () => {
    const id = await send({ metadata: { order: "42" } }, "claim", "completeFirst");
    const { headers, body, history, attempts, ...item } = (await call("GET", `/v1/messages/${id}`)).body;
    expect([headers, body, history.length, attempts.length]).toEqual([{}, undefined, 4, 1]);
    expect((await call("GET", "/v1/messages")).body.items).toEqual([item]);
    expect(JSON.stringify(item)).not.toContain("null");
  });
});

describe("a page of messages with the most metadata there can be", () => {
  it("is at most 1 MiB, goes on where it stopped, and leaves nobody out", async () => {
    // Six bytes in JSON for each one that is stored.
    const metadata = { note: "\u0001".repeat(8_188) };
    const ids: string[] = [];
    for (let sent = 0; sent < 60; sent += 1) ids.unshift(await send({ metadata }));
    const first = await call("GET", "/v1/messages?limit=100");
    expect(first.body.nextCursor).toBeDefined();
    expect(first.body.items.length).toBeGreaterThan(15);
    expect(Buffer.byteLength(first.text)).toBeLessThanOrEqual(1_048_576);
    for (const query of ["limit=100", "limit=30"]) expect(await page(query)).toEqual(ids);
    expect(await page("status=QUEUED")).toEqual(ids.toReversed());
  });

  it("of those with part of an id does not say that it looked further than it shows", async () => {
    const metadata = { note: "\u0001".repeat(8_188) };
    for (let sent = 0; sent < 60; sent += 1) await send({ metadata });
    const [newest] = (await list("limit=1")).ids;
    const part = newest?.slice(4, 8);
    const { body } = await call("GET", `/v1/messages?idPart=${part}&limit=50`);
    expect([body.items.length > 15, body.items.length < 50]).toEqual([true, true]);
    expect(body.nextCursor).toBeDefined();
    expect(body.searchedSince).toBeUndefined();
  });
});

describe("a cursor", () => {
  it("skips no message that stays as it is, whatever happens to the others meanwhile", async () => {
    const ids: string[] = [];
    for (let sent = 0; sent < 30; sent += 1) ids.unshift(await send({}, "claim", "fail"));
    const staying = ids.filter((_, index) => index % 3 !== 0);
    const leaving = ids.filter((_, index) => index % 3 === 0);
    const seen = await page("status=FAILED&limit=4", async (pages) => {
      await send({}, "claim", "fail");
      const next = leaving[pages];
      if (next !== undefined) await move(next, "manualRetry");
    });
    expect(seen.filter((id) => staying.includes(id))).toEqual(staying);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("goes on where it was when the message it stands on has left the list", async () => {
    const ids: string[] = [];
    for (let sent = 0; sent < 6; sent += 1) ids.unshift(await send({}, "claim", "fail"));
    const { nextCursor } = await list("status=FAILED&limit=2");
    await move(ids[1] ?? "", "manualRetry");
    expect((await list(`status=FAILED&limit=2&cursor=${nextCursor}`)).ids).toEqual(ids.slice(2, 4));
  });

  it("belongs to its filter: another one refuses it, another page size does not", async () => {
    for (let sent = 0; sent < 3; sent += 1) await send();
    const { nextCursor } = await list("limit=1&status=QUEUED");
    expect((await list(`limit=2&status=QUEUED&cursor=${nextCursor}`)).ids).toHaveLength(2);
    for (const other of ["limit=1", "limit=1&status=PENDING", "status=QUEUED&target=example.com"])
      expect((await call("GET", `/v1/messages?${other}&cursor=${nextCursor}`)).status).toBe(400);
  });
});
