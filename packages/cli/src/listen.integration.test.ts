/** `homing listen` on Homing as it runs, which delivers nothing to these endpoints itself. */
import { HomingClient } from "@homing/client/source/homing-client";
import { verify } from "@homing/client/source/verify";
import { type Installation, KEY, startInstallation } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import type { Terminal } from "./terminal.ts";

/** The machine may be busy. */
const SOON = { timeout: 60_000 };
/** Nothing listens on it. */
const REFUSED = "http://127.0.0.1:1/";

let homing: Installation;
let client: HomingClient;
beforeAll(async () => {
  homing = await startInstallation({ HOMING_RETRY_SCHEDULE: "50ms", HOMING_RECONCILE_INTERVAL: "100ms" });
  client = new HomingClient({ url: homing.url, key: KEY });
});
afterAll(() => homing.stop());

let receiver: Receiver;
/** What it answers, in turn; 200 afterwards. */
let statuses: number[];
/** Kept until the test lets it go. */
let kept: Promise<void>;
beforeEach(async () => {
  statuses = [];
  kept = Promise.resolve();
  receiver = await startReceiver(async (response) => {
    response.statusCode = statuses.shift() ?? 200;
    response.setHeader("content-type", "text/plain");
    await kept;
    response.end("thanks");
  });
});
afterEach(() => receiver.close());

let senders = 0;
const newSender = () => `dev-${++senders}`;

interface Listening {
  readonly ended: Promise<number>;
  readonly shown: Array<Record<string, unknown>>;
  readonly notes: string[];
  end(): Promise<number>;
}

function listening(...args: string[]): Listening {
  const abort = new AbortController();
  const shown: Array<Record<string, unknown>> = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    env: { USER: "tester" },
    out: (line) => shown.push(JSON.parse(line)),
    err: (line) => notes.push(line),
    stdin: async () => new Uint8Array(),
    signal: abort.signal,
    wait: (_ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, 20);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    now: () => Date.now(),
    ask: undefined,
    browse: undefined,
    isInteractive: false,
  };
  const ended = listen.run(["--json", ...args], () => client, terminal);
  return {
    ended,
    shown,
    notes,
    end: () => {
      abort.abort();
      return ended;
    },
  };
}

const endpointOf = ({ notes }: Listening) => notes.join("\n").match(/ep_\w{26}/)?.[0] ?? "";

async function send(senderId: string, body: unknown = { id: "inv_1" }): Promise<string> {
  const { messages = [] } = await client.events.send({ senderId, eventType: "invoice.paid", body });
  return messages[0]?.messageId ?? "nothing matched";
}

describe("homing listen", () => {
  it("brings an event to a server of this machine as a delivery that verifies, and tells what it answered", async () => {
    const senderId = newSender();
    const own = listening("--forward", `${receiver.url}/hook?x=1`, "--sender", senderId);
    await expect.poll(() => endpointOf(own), SOON).not.toBe("");
    const messageId = await send(senderId);
    await expect
      .poll(() => own.shown, SOON)
      .toMatchObject([{ messageId, attempt: 1, responseStatus: 200, status: "COMPLETED" }]);
    const [request] = receiver.received;
    expect(request).toMatchObject({ method: "POST", path: "/hook?x=1", body: '{"id":"inv_1"}' });
    const { secret } = await client.endpoints.secret(endpointOf(own));
    const verified = await verify(secret, request?.headers ?? {}, request?.body ?? "");
    expect(verified.webhookId).toBe(own.shown[0]?.eventId);
    const { status, attempts } = await client.get(messageId);
    expect([status, attempts]).toMatchObject([
      "COMPLETED",
      [{ outcome: "SUCCEEDED", responseBody: "thanks", responseHeaders: { "content-type": "text/plain" } }],
    ]);
    expect(await own.end()).toBe(0);
  });

  it("is given again what the server did not take", async () => {
    const senderId = newSender();
    statuses = [503];
    const own = listening("--forward", receiver.url, "--sender", senderId);
    await expect.poll(() => endpointOf(own), SOON).not.toBe("");
    const messageId = await send(senderId);
    await expect
      .poll(() => own.shown, SOON)
      .toMatchObject([
        { messageId, attempt: 1, responseStatus: 503, nextAttemptAt: expect.any(String) },
        { messageId, attempt: 2, responseStatus: 200, status: "COMPLETED" },
      ]);
    await own.end();
  });

  it("tells of a server that is not there", async () => {
    const senderId = newSender();
    const own = listening("--forward", REFUSED, "--sender", senderId);
    await expect.poll(() => endpointOf(own), SOON).not.toBe("");
    const messageId = await send(senderId);
    await expect.poll(() => own.shown[0], SOON).toMatchObject({ messageId, errorCode: "CONNECTION_REFUSED" });
    await own.end();
    expect((await client.get(messageId)).attempts[0]).toMatchObject({ errorCode: "CONNECTION_REFUSED" });
  });

  it("finds what has come while nobody listened, at the same endpoint as before", async () => {
    const senderId = newSender();
    const first = listening("--forward", receiver.url, "--sender", senderId);
    await expect.poll(() => endpointOf(first), SOON).not.toBe("");
    await first.end();
    const messageId = await send(senderId);
    expect(await client.get(messageId)).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
    });
    const second = listening("--forward", receiver.url, "--sender", senderId);
    await expect.poll(() => second.shown, SOON).toMatchObject([{ messageId, status: "COMPLETED" }]);
    expect(endpointOf(second)).toBe(endpointOf(first));
    await second.end();
    await client.endpoints.delete(endpointOf(second));
    const third = listening("--forward", receiver.url, "--sender", senderId);
    await expect.poll(() => endpointOf(third), SOON).not.toBe("");
    expect(endpointOf(third)).not.toBe(endpointOf(first));
    await third.end();
  });

  it("is brought what somebody asks for by hand, too", async () => {
    const senderId = newSender();
    const own = listening("--forward", receiver.url, "--sender", senderId);
    await expect.poll(() => endpointOf(own), SOON).not.toBe("");
    const { messageId } = await client.endpoints.test(endpointOf(own));
    await expect.poll(() => own.shown, SOON).toMatchObject([{ messageId, status: "COMPLETED" }]);
    await own.end();
  });

  it("finishes what is under way before it ends", async () => {
    const senderId = newSender();
    let letGo = (): void => {};
    kept = new Promise((resolve) => {
      letGo = resolve;
    });
    const own = listening("--forward", receiver.url, "--sender", senderId);
    await expect.poll(() => endpointOf(own), SOON).not.toBe("");
    const messageId = await send(senderId);
    await expect.poll(() => receiver.received.length, SOON).toBe(1);
    const ended = own.end();
    await expect.poll(() => own.notes.at(-1), SOON).toMatch(/^Finishing/);
    letGo();
    expect(await ended).toBe(0);
    expect((await client.get(messageId)).status).toBe("COMPLETED");
  });

  it("ends where workers deliver themselves", async () => {
    const { endpointId } = await client.endpoints.create({ senderId: newSender(), url: receiver.url });
    const own = listening("--forward", receiver.url, "--endpoint", endpointId);
    await expect(own.ended).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it.each([
    [[], "--forward is missing"],
    [["--forward", "localhost:4000"], "is no URL such as"],
  ])("refuses %j", async (args, message) => {
    await expect(listening(...args).ended).rejects.toThrow(message);
  });
});
