import * as v from "valibot";
import { beforeEach, describe, expect, it } from "vitest";
import { HOUR, MINUTE, SECOND } from "../duration.ts";
import { acceptEvents } from "../event/accept-event.ts";
import { retry } from "../operate/operate.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildEventPayload } from "../testing/build-event.ts";
import { answered, TestSystem } from "../testing/test-system.ts";
import { retryScheduleSchema } from "./retry-schedule.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem({ retryScheduleMs: [5 * SECOND, HOUR, HOUR, HOUR] });
  system.target.respond = () => answered(503);
});

async function send(retrySchedule?: readonly string[]): Promise<string> {
  await system.endpoints.insert(buildEndpoint(retrySchedule === undefined ? {} : { retrySchedule }));
  const input = { senderId: "acme", eventType: "invoice.paid", payload: buildEventPayload() };
  const [result] = await acceptEvents(system.deps, [{ input, correlationId: "call-1" }]);
  if (!result || !("messages" in result)) throw result;
  return result.messages[0]?.messageId ?? "";
}

/** After each attempt: how long it is until the next. */
async function waits(messageId: string): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    await system.work();
    const { status, notBefore = 0 } = await system.read(messageId);
    if (status === "FAILED") break;
    const wait = notBefore - system.clock.now();
    found.push(wait);
    system.clock.advance(wait + SECOND);
  }
  return found;
}

describe("an endpoint's own retry schedule", () => {
  it("is that of what is sent to it, as often as it says", async () => {
    const messageId = await send(["30s", "5m"]);
    expect(await waits(messageId)).toEqual([30 * SECOND, 5 * MINUTE]);
    expect(await system.read(messageId)).toMatchObject({ status: "FAILED", attempt: 3 });
  });

  it("is that of a manual retry, too", async () => {
    const messageId = await send(["30s", "5m"]);
    await waits(messageId);
    await retry(system.deps, await system.read(messageId), "call-2");
    expect(await waits(messageId)).toEqual([30 * SECOND, 5 * MINUTE]);
  });

  it("may be one attempt alone", async () => {
    const messageId = await send([]);
    expect(await waits(messageId)).toEqual([]);
    expect(await system.read(messageId)).toMatchObject({ status: "FAILED", attempt: 1 });
  });

  it("is the stage's, if it has none", async () => {
    expect((await system.read(await send())).attemptLimit).toBe(5);
  });
});

it.each<[string, unknown, boolean]>([
  ["none", [], true],
  ["twelve days", Array(12).fill("1d"), true],
  ["thirteen", Array(13).fill("1s"), false],
  ["less than a second", ["999ms"], false],
  ["more than a day", ["25h"], false],
  ["numbers", [30], false],
  ["what is no duration", ["soon"], false],
])("a schedule of %s is taken or refused", (_name, schedule, isTaken) => {
  expect(v.safeParse(retryScheduleSchema, schedule).success).toBe(isTaken);
});
