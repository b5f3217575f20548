import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOUR } from "../../duration.ts";
import type { Attempt, Payload } from "../../message/message.ts";
import { buildMessage, buildPayload } from "../../testing/build-message.ts";
import { EVERY_PLANE } from "../../testing/every-plane.ts";
import { type MakeStore, type StoreSubject, travel } from "./subject.ts";

function attempt(over: Partial<Attempt> & Pick<Attempt, "startedAt">): Attempt {
  return { number: 1, claimId: "claim-1", outcome: "RETRY", ...over };
}

export function describeRecords(makeStore: MakeStore): void {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  const later = (): number => subject.clock.now() + 48 * HOUR;

  describe("a payload", () => {
    const payloads: Readonly<Record<string, Payload>> = {
      "with everything": buildPayload({
        metadata: { order: "42", empty: "" },
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        tracestate: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
      }),
      "with nothing but a target": {
        targetUrl: "https://example.com/",
        method: "GET",
        headers: {},
      },
      "whose body is null": buildPayload({ body: "null" }),
      "whose body is an empty string": buildPayload({ body: '""' }),
      "whose numbers have more digits than a double": buildPayload({
        body: "[12345678901234567890,1e20,1.0,-0,1E400]",
      }),
      "with characters of every plane": buildPayload({
        headers: { "X-Name": "é ÿ" },
        body: JSON.stringify(EVERY_PLANE),
        metadata: { "👩‍🚀": EVERY_PLANE },
      }),
      "of the largest size": buildPayload({ body: JSON.stringify("é".repeat(131_000)) }),
    };

    it.each(Object.entries(payloads))("comes back as it was written: %s", async (_name, payload) => {
      const { store } = subject;
      const [one, other] = [buildMessage(), buildMessage()];
      await store.putPayload(one, payload, later());
      expect(await store.getPayload(one)).toEqual(payload);
      expect(await store.putPayloadIfAbsent(other, payload, later())).toEqual(payload);
      expect(await store.getPayload(other)).toEqual(payload);
    });

    it("is absent where none was written", async () => {
      expect(await subject.store.getPayload(buildMessage())).toBeUndefined();
    });

    it("is not that of another request, nor of another life, of the same id", async () => {
      const { store } = subject;
      const message = buildMessage();
      const owners = [
        message,
        { ...message, requestHash: "another" },
        { ...message, createdAt: message.createdAt + 1 },
      ];
      for (const [index, owner] of owners.entries()) {
        const payload = buildPayload({ body: String(index) });
        expect(await store.getPayload(owner)).toBeUndefined();
        expect(await store.putPayloadIfAbsent(owner, payload, later())).toEqual(payload);
      }
      for (const [index, owner] of owners.entries())
        expect((await store.getPayload(owner))?.body).toBe(String(index));
    });

    it("is the first that was written, whatever is put where one is", async () => {
      const { store } = subject;
      const first = buildPayload({ body: '{"a":1,"b":2}' });
      const equivalent = buildPayload({ body: '{"b":2,"a":1}' });
      const [message, alone] = [buildMessage(), buildMessage()];
      expect(await store.putPayloadIfAbsent(message, first, later())).toEqual(first);
      await store.putPayload(alone, first, later());
      for (const owner of [message, alone]) {
        expect(await store.putPayloadIfAbsent(owner, equivalent, later() + HOUR)).toEqual(first);
        expect(await store.getPayload(owner)).toEqual(first);
      }
    });

    it("is one and the same for all who put theirs at the same time", async () => {
      const { store } = subject;
      const message = buildMessage();
      const rivals = Array.from({ length: 20 }, (_, index) => buildPayload({ body: `{"n":${index}}` }));
      const answers = await Promise.all(
        rivals.map((payload) => store.putPayloadIfAbsent(message, payload, later())),
      );
      const stored = await store.getPayload(message);
      expect(rivals).toContainEqual(stored);
      expect(answers).toEqual(rivals.map(() => stored));
    });

    it("is absent from its expiry on, and may be replaced then", async () => {
      const { store, clock } = subject;
      const message = buildMessage();
      const before = clock.time;
      const expiresAt = later();
      await store.putPayloadIfAbsent(message, buildPayload(), expiresAt);
      clock.time = expiresAt - 1;
      expect(await store.getPayload(message)).toEqual(buildPayload());
      clock.time = expiresAt;
      expect(await store.getPayload(message)).toBeUndefined();
      expect(await store.keepPayload(message, later())).toBe(false);
      const next = buildPayload({ body: "2" });
      expect(await store.putPayloadIfAbsent(message, next, later())).toEqual(next);
      expect(await store.getPayload(message)).toEqual(next);
      clock.time = before;
    });

    it("is kept for longer without being written again; what is not there is not kept", async () => {
      const { store, clock } = subject;
      const [message, lost] = [buildMessage(), buildMessage()];
      const before = clock.time;
      const expiresAt = later();
      await store.putPayloadIfAbsent(message, buildPayload(), expiresAt);
      expect(await store.keepPayload(message, expiresAt + HOUR)).toBe(true);
      expect(await store.keepPayload(lost, expiresAt + HOUR)).toBe(false);
      expect(await store.getPayload(lost)).toBeUndefined();
      clock.time = expiresAt + HOUR - 1;
      expect(await store.getPayload(message)).toEqual(buildPayload());
      clock.time = expiresAt + HOUR;
      expect(await store.getPayload(message)).toBeUndefined();
      clock.time = before;
    });

    it("is summed up without headers and body, for many messages at once", async () => {
      const { store } = subject;
      const messages = Array.from({ length: 120 }, () => buildMessage());
      const [plain, described, lost, ...rest] = messages;
      if (!plain || !described || !lost) throw new Error("three are there");
      await store.putPayload(plain, buildPayload({ method: "PUT" }), later());
      await store.putPayload(described, buildPayload({ metadata: { order: "42" } }), later());
      await Promise.all(rest.map((message) => store.putPayload(message, buildPayload(), later())));
      const summaries = await store.getSummaries(messages);
      const targetUrl = "https://example.com/hook?token=hidden";
      expect(summaries.size).toBe(119);
      expect(summaries.get(plain.messageId)).toEqual({ targetUrl, method: "PUT" });
      expect(summaries.get(described.messageId)).toEqual({
        targetUrl,
        method: "POST",
        metadata: { order: "42" },
      });
      expect(summaries.has(lost.messageId)).toBe(false);
      expect((await store.getSummaries([])).size).toBe(0);
    });
  });

  describe("the attempts", () => {
    it("are kept by number and claim, in the order of their numbers, every attribute as given", async () => {
      const { store } = subject;
      const message = await travel(store, buildMessage(), []);
      const { createdAt, messageId } = message;
      const full = attempt({
        number: 2,
        claimId: "claim-2",
        outcome: "FAILED",
        startedAt: createdAt + 3,
        durationMs: 102,
        responseStatus: 503,
        responseHeaders: { "content-type": "text/plain", "set-cookie": "***" },
        responseBody: EVERY_PLANE,
        responseTruncated: true,
        truncationReason: "SIZE",
        decision: { rule: "STATUS_5XX", action: "RETRY", nextAttemptAt: createdAt + 9, explanation: "…" },
      });
      const tenth = attempt({
        number: 10,
        claimId: "claim-10",
        startedAt: createdAt + 9,
        errorCode: "TIMEOUT",
      });
      const first = attempt({ startedAt: createdAt });
      // The same number under another claim: an outcome that came after its claim was taken away.
      const late = attempt({ claimId: "claim-0", startedAt: createdAt + 1, outcome: "SUCCEEDED" });
      for (const one of [tenth, late, full, first]) await store.putAttempt(messageId, one, later());
      expect(await store.getDetail(messageId)).toEqual({ message, attempts: [first, late, full, tenth] });
    });

    it("are replaced by the same number and claim only", async () => {
      const { store } = subject;
      const { messageId, createdAt } = await travel(store, buildMessage(), []);
      await store.putAttempt(messageId, attempt({ startedAt: createdAt, outcome: "RUNNING" }), later());
      await store.putAttempt(messageId, attempt({ startedAt: createdAt, outcome: "SUCCEEDED" }), later());
      expect((await store.getDetail(messageId))?.attempts).toEqual([
        attempt({ startedAt: createdAt, outcome: "SUCCEEDED" }),
      ]);
    });

    it("are the latest 100, however many there are and however large they are", async () => {
      const { store } = subject;
      const message = await travel(store, buildMessage(), []);
      await store.putPayload(message, buildPayload(), later());
      const all = Array.from({ length: 220 }, (_, at) =>
        attempt({
          number: at + 1,
          claimId: `claim-${at}`,
          startedAt: message.createdAt + at,
          responseBody: "x".repeat(8_192),
        }),
      );
      await Promise.all(all.map((one) => store.putAttempt(message.messageId, one, later())));
      expect(await store.getDetail(message.messageId)).toEqual({
        message,
        payload: buildPayload(),
        attempts: all.slice(120),
      });
    }, 30_000);

    it("are not shown if they belong to an earlier life of the same id", async () => {
      const { store, clock } = subject;
      const before = clock.time;
      const old = await travel(store, buildMessage({ createdAt: clock.now() }), ["claim", "fail"]);
      await store.putAttempt(
        old.messageId,
        attempt({ startedAt: old.createdAt + 1 }),
        (old.expiresAt ?? 0) + 48 * HOUR,
      );
      clock.time = old.expiresAt ?? 0;
      const next = buildMessage({ messageId: old.messageId, createdAt: clock.now() });
      await store.insert(next);
      await store.putPayload(next, buildPayload(), later());
      expect(await store.getDetail(next.messageId)).toEqual({
        message: next,
        payload: buildPayload(),
        attempts: [],
      });
      clock.time = before;
    });

    it("and the payload of another message are never mixed in", async () => {
      const { store } = subject;
      const one = await travel(store, buildMessage(), []);
      const other = await travel(store, buildMessage(), []);
      await store.putAttempt(other.messageId, attempt({ startedAt: other.createdAt }), later());
      await store.putPayload(other, buildPayload(), later());
      expect(await store.getDetail(one.messageId)).toEqual({ message: one, attempts: [] });
    });
  });
}
