import { acceptEvents } from "@homing/core/event/accept-event";
import type { AcceptedEventInput } from "@homing/core/event/event-input";
import { buildEventPayload } from "@homing/core/testing/build-event";
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

const URL = "https://example.com/hook";

async function register(json: object = {}): Promise<string> {
  const { body } = await call("POST", "/v1/endpoints", { json: { senderId: "cus_42", url: URL, ...json } });
  return body.endpointId;
}

/** Accepts an event; answers its id and its messages' by endpoint. */
async function accept(over: Partial<AcceptedEventInput> = {}) {
  const input = { senderId: "cus_42", eventType: "invoice.paid", payload: buildEventPayload(), ...over };
  const [accepted] = await acceptEvents(api.dependencies, [{ input, correlationId: "call-1" }]);
  if (!accepted || !("event" in accepted)) throw new Error("not accepted");
  const messages = new Map(
    accepted.messages.map(({ messageId, endpointId = "" }) => [endpointId, messageId]),
  );
  return {
    eventId: accepted.event.eventId,
    messageTo: (endpointId: string) => messages.get(endpointId) ?? expect.fail("it has no message"),
  };
}

async function move(messageId: string, ...steps: StepName[]): Promise<void> {
  for (const step of steps) {
    const message = await api.store.get(messageId);
    if (!message) throw new Error("The message is gone.");
    await api.store.apply(messageId, stepOf(step, message));
  }
}

const show = async (messageId: string) => (await call("GET", `/v1/messages/${messageId}`)).body;
const listed = async (query = "") => (await call("GET", `/v1/messages?${query}`)).body.items;

describe("the delivery of an event", () => {
  it("is shown with what the event carries and with where its endpoint is, what may be secret masked", async () => {
    const endpointId = await register({ headers: { "X-Api-Key": "hidden", "x-order": "of the endpoint" } });
    const payload = buildEventPayload({
      headers: { "X-Order": "of the event", "X-Token": "hidden", "x-trace": "1" },
      body: '{"total":12345678901234567890.10}',
      metadata: { order: "42" },
    });
    const { eventId, messageTo } = await accept({ payload });
    const messageId = messageTo(endpointId);
    const { text, body } = await call("GET", `/v1/messages/${messageId}`);
    expect(body).toMatchObject({
      messageId,
      eventId,
      endpointId,
      eventType: "invoice.paid",
      senderId: "cus_42",
      targetUrl: URL,
      method: "POST",
      metadata: { order: "42" },
    });
    // Of two headers of one name the endpoint's counts.
    expect(body.headers).toEqual({
      "X-Token": "***",
      "x-trace": "1",
      "X-Api-Key": "***",
      "x-order": "of the endpoint",
    });
    expect(text).toContain('"body":{"total":12345678901234567890.10}');
    const [item] = await listed("senderId=cus_42");
    const { headers: _, body: __, history: ___, attempts: ____, ...rest } = body;
    expect(item).toEqual(rest);
  });

  it("is shown where its endpoint is now; each attempt where it went", async () => {
    const endpointId = await register();
    const { messageTo } = await accept();
    const messageId = messageTo(endpointId);
    const moved = "https://elsewhere.example/hook";
    await call("PATCH", `/v1/endpoints/${endpointId}`, { json: { url: moved } });
    await move(messageId, "claim", "retryLater");
    const message = await api.store.get(messageId);
    await api.store.putAttempt(
      messageId,
      {
        number: 1,
        claimId: message?.claimId ?? "",
        targetUrl: URL,
        outcome: "RETRY",
        startedAt: api.clock.now(),
        responseStatus: 503,
      },
      api.clock.now() + 1_000_000,
    );
    const shown = await show(messageId);
    expect(shown.targetUrl).toBe(moved);
    expect(shown.attempts).toMatchObject([{ number: 1, targetUrl: URL, responseStatus: 503 }]);
    expect((await listed("target=elsewhere.example")).map(idOf)).toEqual([messageId]);
    expect(await listed("target=example.com")).toEqual([]);
  });

  it("has no target once its endpoint is deleted, and says all the rest", async () => {
    const endpointId = await register({ headers: { "x-own": "1" } });
    const { messageTo } = await accept({ payload: buildEventPayload({ metadata: { order: "42" } }) });
    const messageId = messageTo(endpointId);
    await call("DELETE", `/v1/endpoints/${endpointId}`);
    const shown = await show(messageId);
    expect(shown).toMatchObject({
      endpointId,
      method: "POST",
      metadata: { order: "42" },
      body: { order: 42 },
    });
    expect(shown.headers).toEqual({ "X-Order": "42" });
    expect(shown).not.toHaveProperty("targetUrl");
    const [item] = await listed();
    expect(item).toMatchObject({ endpointId, method: "POST", metadata: { order: "42" } });
    expect(item).not.toHaveProperty("targetUrl");
  });

  it("stands among messages that name their own target, each with its own", async () => {
    const endpointIds = [await register({ url: "https://one.example/" }), await register()];
    const { messageTo } = await accept({ payload: buildEventPayload({ metadata: { order: "42" } }) });
    const direct = await call("POST", "/v1/messages", {
      json: { senderId: "cus_42", targetUrl: "https://direct.example/", method: "PUT" },
    });
    const shown = new Map((await listed()).map((item: { messageId: string }) => [item.messageId, item]));
    expect(shown.size).toBe(3);
    const [one = "", two = ""] = endpointIds;
    expect(shown.get(messageTo(one))).toMatchObject({
      targetUrl: "https://one.example/",
      metadata: { order: "42" },
    });
    expect(shown.get(messageTo(two))).toMatchObject({ targetUrl: URL, metadata: { order: "42" } });
    const own = shown.get(direct.body.messageId);
    expect(own).toMatchObject({ targetUrl: "https://direct.example/", method: "PUT" });
    for (const name of ["eventId", "endpointId", "eventType"]) expect(own).not.toHaveProperty(name);
  });
});

const idOf = ({ messageId }: { messageId: string }) => messageId;
