import { expect, it } from "vitest";
import { acceptAll } from "../accept/accept.ts";
import { HOUR, MINUTE } from "../duration.ts";
import { answered, buildInput, TestSystem } from "../testing/test-system.ts";
import { reconcile } from "./reconcile.ts";

const KEY = { senderId: "acme", orderingKey: "order-1" };

/** The calls of a run that finds a lane due whose first message blocks so many others. */
async function callsOfAVisit(waiting: number): Promise<string[]> {
  const system = new TestSystem();
  system.target.respond = () => answered(410);
  const inputs = [
    buildInput({ ...KEY, afterFailure: "block" }),
    ...Array.from({ length: waiting }, () => buildInput(KEY)),
  ];
  for (let at = 0; at < inputs.length; at += 100) {
    const batch = inputs.slice(at, at + 100).map((input) => ({ input, correlationId: "call-1" }));
    await acceptAll(system.deps, batch);
  }
  await system.work();
  // Until every message has been seen in its place, and the lane is looked at every six hours.
  for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
    system.clock.advance(10 * MINUTE);
    await reconcile(system.deps, "run-1");
  }
  system.clock.advance(6 * HOUR);
  const calls: string[] = [];
  system.faults = (call) => {
    calls.push(call);
    return undefined;
  };
  system.laneFaults = (call) => {
    calls.push(`lanes ${call}`);
    return undefined;
  };
  await reconcile(system.deps, "run-2");
  return calls.sort();
}

it("a lane that stands still costs a run the same however many wait in it", async () => {
  const few = await callsOfAVisit(5);
  expect(few).toContain("lanes moveOn");
  expect(await callsOfAVisit(500)).toEqual(few);
});
