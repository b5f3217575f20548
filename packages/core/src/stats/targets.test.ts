import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import type { HistoryEntry, Message } from "../message/message.ts";
import type { MessageStore } from "../store/message-store.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { readTargets } from "./targets.ts";

/** A system that counts what is read of it. */
function watched() {
  const system = new TestSystem();
  const read = { messages: 0, summaries: 0, details: 0, senders: new Set<string>() };
  const asked = new Set<PropertyKey>();
  const store = new Proxy(system.store, {
    get(inner, name: keyof MessageStore) {
      if (name === "shards") return inner.shards;
      asked.add(name);
      if (name === "getMany")
        return async (ids: readonly string[]) => {
          const messages = await inner.getMany(ids);
          read.messages += messages.length;
          for (const { senderId } of messages) read.senders.add(senderId);
          return messages;
        };
      if (name === "getSummaries")
        return (messages: readonly Message[]) => {
          read.summaries += messages.length;
          return inner.getSummaries(messages);
        };
      if (name === "getDetail")
        return (id: string) => {
          read.details += 1;
          return inner.getDetail(id);
        };
      return inner[name].bind(inner);
    },
  });
  const targets = (senderId?: string) => readTargets({ ...system.deps, store }, senderId);
  return { system, read, asked, targets };
}

type Ended = "DELIVERED" | "RETRY" | "TARGET_REJECTED";

/** A message whose attempts ended so, at these times before noon. */
function tried(ends: readonly (readonly [Ended, number])[], over: Partial<Message> = {}): Message {
  const last = ends.at(-1)?.[0];
  const status = last === "DELIVERED" ? "COMPLETED" : last === "TARGET_REJECTED" ? "FAILED" : "PENDING";
  const createdAt = over.createdAt ?? NOON - (ends[0]?.[1] ?? 0);
  const { dueAt, ...base } = buildMessage({ createdAt });
  return {
    ...base,
    ...(status === "PENDING" && dueAt !== undefined ? { dueAt } : {}),
    status,
    attempt: ends.length,
    history: [
      ...base.history,
      ...ends.flatMap(([reason, before]): HistoryEntry[] => [
        { at: NOON - before, from: "QUEUED", to: "PROCESSING", reason: "CLAIMED", correlationId: "c" },
        {
          at: NOON - before,
          from: "PROCESSING",
          to: reason === "DELIVERED" ? "COMPLETED" : reason === "RETRY" ? "PENDING" : "FAILED",
          reason,
          correlationId: "c",
        },
      ]),
    ],
    ...over,
  };
}

async function put({ store }: TestSystem, message: Message, targetUrl?: string): Promise<Message> {
  const stored = targetUrl === undefined ? message : { ...message, requestHash: message.messageId };
  await store.insert(stored);
  if (targetUrl !== undefined) await store.putPayload(stored, buildPayload({ targetUrl }), NOON + DAY);
  return stored;
}

describe("how targets fare", () => {
  it("is told by host, the failing one first: since when, how many in a row, what was answered last", async () => {
    const { system, targets } = watched();
    for (let made = 0; made < 3; made += 1)
      await put(
        system,
        tried([["DELIVERED", HOUR + made]], {
          firstAttempt: {
            number: 1,
            claimId: "c",
            outcome: "SUCCEEDED",
            startedAt: NOON,
            durationMs: 100 * (made + 1),
            responseStatus: 204,
          },
        }),
        "https://fine.example/hook",
      );
    await put(system, tried([["DELIVERED", 20 * MINUTE]]), "https://down.example/a");
    await put(
      system,
      tried(
        [
          ["RETRY", 10 * MINUTE],
          ["RETRY", 9 * MINUTE],
          ["RETRY", 2 * MINUTE],
        ],
        { responseStatus: 503 },
      ),
      "https://down.example/b?token=hidden",
    );
    const rejected = await put(
      system,
      tried([["TARGET_REJECTED", MINUTE]], { responseStatus: 410, failureReason: "TARGET_REJECTED" }),
      "https://down.example/b",
    );
    const { items, omitted, basis } = await targets();
    expect(items).toEqual([
      {
        target: "down.example",
        health: "FAILING",
        failingSince: NOON - 10 * MINUTE,
        failures: 4,
        lastAttempt: {
          at: NOON - MINUTE,
          outcome: "FAILED",
          messageId: rejected.messageId,
          responseStatus: 410,
        },
        attempts: { succeeded: 1, failed: 4 },
        messages: 3,
        failed: 1,
        retrying: 1,
      },
      {
        target: "fine.example",
        health: "OK",
        failures: 0,
        lastAttempt: expect.objectContaining({ outcome: "SUCCEEDED", responseStatus: 204, at: NOON - HOUR }),
        attempts: { succeeded: 3, failed: 0 },
        firstAttempt: { p50Ms: 200, p95Ms: 300 },
        messages: 3,
        failed: 0,
        retrying: 0,
      },
    ]);
    expect(omitted).toBe(0);
    expect(basis).toEqual({ messages: 6, since: NOON - DAY, failed: 0, retrying: 0, capped: [] });
  });

  it("does not call failing what has failed for less than a minute, nor what has succeeded since", async () => {
    const { system, targets } = watched();
    await put(system, tried([["RETRY", MINUTE - SECOND]]), "https://flaky.example/");
    await put(system, tried([["RETRY", HOUR]]), "https://back.example/");
    await put(system, tried([["DELIVERED", MINUTE]]), "https://back.example/");
    const { items } = await targets();
    expect(items.map(({ target, health, failures }) => [target, health, failures])).toEqual([
      ["flaky.example", "OK", 1],
      ["back.example", "OK", 0],
    ]);
  });

  it("says what went wrong where nothing was answered", async () => {
    const { system, read, targets } = watched();
    const message = await put(system, tried([["RETRY", 5 * MINUTE]]), "https://away.example:8443/");
    await system.store.putAttempt(
      message.messageId,
      {
        number: 1,
        claimId: "c",
        outcome: "RETRY",
        startedAt: NOON - 5 * MINUTE,
        errorCode: "CONNECTION_REFUSED",
      },
      NOON + DAY,
    );
    const { items } = await targets();
    expect(items[0]).toMatchObject({
      target: "away.example:8443",
      health: "FAILING",
      lastAttempt: { errorCode: "CONNECTION_REFUSED" },
    });
    expect(read.details).toBe(1);
  });

  it("tells endpoints apart from hosts, by what is known of them for longer than messages are read", async () => {
    const { system, targets } = watched();
    const fine = buildEndpoint({ url: "https://shared.example/a" });
    const failing = buildEndpoint({
      url: "https://shared.example/b",
      failingSince: NOON - 3 * DAY,
      failures: 900,
      lastFailure: { at: NOON - HOUR, messageId: "msg_x", responseStatus: 500 },
    });
    for (const endpoint of [fine, failing]) await system.endpoints.insert(endpoint);
    const delivery = { endpointId: fine.endpointId, eventId: "evt_1", eventType: "invoice.paid" };
    await put(system, tried([["DELIVERED", MINUTE]], delivery));
    await put(system, tried([["DELIVERED", MINUTE]]), "https://shared.example/c");
    const { items } = await targets();
    expect(
      items.map(({ target, endpointId, health, failures, messages }) => [
        target,
        endpointId,
        health,
        failures,
        messages,
      ]),
    ).toEqual([
      ["shared.example", failing.endpointId, "FAILING", 900, 0],
      ["shared.example", undefined, "OK", 0, 1],
      ["shared.example", fine.endpointId, "OK", 0, 1],
    ]);
    expect(items[0]).toMatchObject({
      failingSince: NOON - 3 * DAY,
      lastAttempt: { outcome: "FAILED", responseStatus: 500, messageId: "msg_x" },
    });
  });

  it("finds the quiet target that fails behind a flood, and counts shares of the newest alone", async () => {
    const { system, targets } = watched();
    await put(
      system,
      tried([["TARGET_REJECTED", 2 * HOUR]], { responseStatus: 404 }),
      "https://quiet.example/",
    );
    await put(system, tried([["RETRY", 3 * HOUR]], { dueAt: NOON + MINUTE }), "https://waiting.example/");
    await put(system, tried([["TARGET_REJECTED", 2 * DAY]]), "https://long-ago.example/");
    for (let made = 0; made < 1_000; made += 1)
      await put(system, tried([["DELIVERED", MINUTE]]), "https://busy.example/");
    const { items, basis } = await targets();
    expect(
      items.map(({ target, health, attempts, messages, failed, retrying }) => [
        target,
        health,
        attempts,
        messages,
        failed,
        retrying,
      ]),
    ).toEqual([
      ["quiet.example", "FAILING", { succeeded: 0, failed: 0 }, 0, 1, 0],
      ["waiting.example", "FAILING", { succeeded: 0, failed: 0 }, 0, 0, 1],
      ["busy.example", "OK", { succeeded: 1_000, failed: 0 }, 1_000, 0, 0],
    ]);
    expect(basis).toEqual({
      messages: 1_000,
      since: NOON - MINUTE,
      failed: 1,
      retrying: 1,
      capped: ["messages"],
    });
  });

  it("calls an endpoint what it is called on its own page, whatever its host would be called", async () => {
    const { system, targets } = watched();
    const endpoint = buildEndpoint({ url: "https://once.example/a" });
    await system.endpoints.insert(endpoint);
    const delivery = { endpointId: endpoint.endpointId, eventId: "evt_1", eventType: "invoice.paid" };
    await put(system, tried([["RETRY", HOUR]], { ...delivery, responseStatus: 503 }));
    const { items } = await targets();
    expect(items).toMatchObject([
      { health: "OK", failures: 1, lastAttempt: { outcome: "FAILED", responseStatus: 503 } },
    ]);
    expect(items[0]).not.toHaveProperty("failingSince");
  });

  it("reads no more than it says, however much is stored", async () => {
    const { system, read, targets } = watched();
    for (let made = 0; made < 300; made += 1) {
      await put(system, tried([["TARGET_REJECTED", 2 * HOUR + made]]), `https://f${made}.example/`);
      await put(system, tried([["RETRY", 2 * HOUR + made]]), `https://r${made}.example/`);
    }
    for (let made = 0; made < 1_200; made += 1)
      await put(system, tried([["DELIVERED", MINUTE]]), "https://busy.example/");
    const { items, omitted, basis } = await targets();
    expect(read).toMatchObject({ messages: 1_400, summaries: 1_400, details: 20 });
    expect(items).toHaveLength(100);
    expect(omitted).toBe(301);
    expect(basis.capped).toEqual(["messages", "failed", "retrying"]);
  });

  it("of one sender reads nothing of another", async () => {
    const { system, read, asked, targets } = watched();
    await put(system, tried([["DELIVERED", MINUTE]], { senderId: "globex" }), "https://globex.example/");
    await put(
      system,
      tried([["TARGET_REJECTED", MINUTE]], { senderId: "globex" }),
      "https://globex.example/",
    );
    await system.endpoints.insert(
      buildEndpoint({ senderId: "globex", failingSince: NOON - HOUR, url: "https://globex.example/e" }),
    );
    await put(system, tried([["TARGET_REJECTED", 2 * MINUTE]]), "https://acme.example/");
    const { items } = await targets("acme");
    expect(items.map(({ target }) => target)).toEqual(["acme.example"]);
    expect([...read.senders]).toEqual(["acme"]);
    expect(asked).not.toContain("listDue");
    expect((await targets("globex")).items.map(({ target }) => target)).toEqual([
      "globex.example",
      "globex.example",
    ]);
  });
});
