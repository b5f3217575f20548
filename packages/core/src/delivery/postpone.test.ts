import { beforeEach, expect, it } from "vitest";
import { accept } from "../accept/accept.ts";
import { MINUTE, SECOND } from "../duration.ts";
import { acceptEvents } from "../event/accept-event.ts";
import type { Message } from "../message/message.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { refusal } from "../testing/faulty-queue.ts";
import { buildInput, TestSystem } from "../testing/test-system.ts";

let system: TestSystem;
let isHeldBack: boolean;
beforeEach(() => {
  system = new TestSystem();
  isHeldBack = true;
  Object.assign(system.deps, {
    hands: { begin: () => () => undefined, holdsBack: async () => isHeldBack },
  });
});

async function send(over: object = {}): Promise<Message> {
  const { message } = await accept(system.deps, { input: buildInput(over), correlationId: "call-1" });
  return message;
}

it("a copy that is left for later is the same copy, and the message knows nothing of it", async () => {
  const { messageId } = await send();
  const before = await system.read(messageId);
  const [first] = system.queue.calls.flat();
  expect(await system.work()).toEqual(["done"]);
  expect(await system.read(messageId)).toEqual(before);
  const [, again] = system.queue.calls.flat();
  expect(again).toEqual({ ...first, delaySeconds: 8 });
  expect(system.observer.count("DeliveriesPostponed")).toBe(1);
  expect(system.target.requests).toEqual([]);

  isHeldBack = false;
  expect(await system.work()).toEqual([]);
  system.clock.advance(8 * SECOND);
  await system.work();
  expect(await system.read(messageId)).toMatchObject({ status: "COMPLETED", attempt: 1 });
});

it("a delivery's waits in the group of its endpoint", async () => {
  const { endpoint } = await system.endpoints.insert(buildEndpoint());
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
  await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  await system.work();
  expect(system.queue.calls.flat().at(-1)).toMatchObject({ groupId: endpoint.endpointId });
});

it("one that cannot be sent again is handed out again", async () => {
  const { messageId } = await send();
  system.queue.answer = () => refusal("QUEUE_UNAVAILABLE");
  expect(await system.work()).toEqual(["return"]);
  expect(system.observer.events()).toContain("not_postponed");
  expect(await system.read(messageId)).toMatchObject({ status: "QUEUED", attempt: 0 });
});

it("what has to be delivered within minutes is not left for later", async () => {
  const { messageId } = await send({ deliverBy: system.clock.now() + 5 * MINUTE });
  await system.work();
  expect(await system.read(messageId)).toMatchObject({ status: "COMPLETED" });
});
