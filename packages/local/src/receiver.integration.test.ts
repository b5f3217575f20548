import { afterEach, expect, test } from "vitest";
import { behaviourOf, type ReceivedRequest, type Receiver, startReceiver } from "./receiver.ts";

const PATIENT = { status: 200, failRate: 0, delayMs: 0 };

let receiver: Receiver | undefined;
afterEach(() => receiver?.close());

test("it answers with its status and shows what arrived", async () => {
  const shown: ReceivedRequest[] = [];
  receiver = await startReceiver({ status: 204, onRequest: (request) => shown.push(request) });
  const response = await fetch(`${receiver.url}/hook?a=1`, {
    method: "PUT",
    headers: { "webhook-id": "msg_1" },
    body: "ä",
  });
  expect(response.status).toBe(204);
  expect(shown).toEqual([{ method: "PUT", target: "/hook?a=1", messageId: "msg_1", body: "ä", status: 204 }]);
});

test("it fails for the given share of the requests, with 503", async () => {
  const rolls = [0.1, 0.2, 0.3];
  receiver = await startReceiver({ failRate: 0.2, random: () => rolls.shift() ?? 1 });
  const statuses: number[] = [];
  for (let request = 0; request < 3; request++) statuses.push((await fetch(receiver.url)).status);
  expect(statuses).toEqual([503, 200, 200]);
});

test("it listens on the loopback address only", async () => {
  receiver = await startReceiver();
  expect(new URL(receiver.url).hostname).toBe("127.0.0.1");
});

test.each([
  ["/hook", PATIENT],
  ["/hook?status=503&delay=2s&fail-rate=0.5", { status: 503, delayMs: 2_000, failRate: 0.5 }],
  ["/hook?status=99&delay=soon&fail-rate=2", PATIENT],
  ["/hook?status=&delay=&fail-rate=", { ...PATIENT, failRate: 0 }],
])("%s is answered as its query says", (target, behaviour) => {
  expect(behaviourOf(target, PATIENT)).toEqual(behaviour);
});
