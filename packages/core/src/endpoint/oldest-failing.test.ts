import { expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON, TestClock } from "../testing/test-clock.ts";
import type { Endpoint } from "./endpoint.ts";
import { MemoryEndpointStore } from "./memory-endpoint-store.ts";
import { oldestFailingSeconds } from "./oldest-failing.ts";

const clock = new TestClock();

async function oldestOf(...endpoints: readonly Partial<Endpoint>[]): Promise<number> {
  const store = new MemoryEndpointStore(clock);
  for (const over of endpoints) await store.insert(buildEndpoint(over));
  return oldestFailingSeconds({ endpoints: store, clock });
}

const failing = (forMs: number, lastMs: number = MINUTE): Partial<Endpoint> => ({
  failingSince: NOON - forMs,
  failures: 3,
  lastFailure: { at: NOON - lastMs, messageId: "msg_1", responseStatus: 503 },
});

it("is 0 while all are well", async () => {
  expect(await oldestOf()).toBe(0);
  expect(await oldestOf({}, {})).toBe(0);
});

it("is that of the endpoint that has failed longest", async () => {
  expect(await oldestOf(failing(5 * MINUTE), failing(3 * HOUR), {}, failing(2 * HOUR))).toBe(3 * 3_600);
});

it("leaves out what is paused or disabled: somebody has seen to it", async () => {
  const seenTo = (["PAUSED", "DISABLED"] as const).map((state) => ({ ...failing(3 * HOUR), state }));
  expect(await oldestOf(...seenTo, failing(90 * 1_000))).toBe(90);
});

it("leaves out an endpoint that was not tried for a day: nobody knows how it is", async () => {
  expect(await oldestOf(failing(9 * DAY, DAY), failing(8 * DAY, DAY - 1))).toBe(8 * 86_400);
});
