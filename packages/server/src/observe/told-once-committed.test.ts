import type { Metrics } from "@homing/core/observe/observe";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../sqlite/database.ts";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { toldOnceCommitted } from "./told-once-committed.ts";

let database: Database;
let close: () => Promise<void>;
let told: unknown[][];
let metrics: Metrics;
beforeEach(() => {
  ({ database, close } = temporaryDatabase());
  told = [];
  metrics = toldOnceCommitted({ add: (...one) => void told.push(one) }, database);
});
afterEach(() => close());

const write = () => database.write(() => undefined);

it("what is stored is counted once that is committed, what was tried at once", async () => {
  write();
  metrics.add("MessagesAccepted", 2);
  metrics.add("SendFailures", 1, { errorCode: "QUEUE_UNAVAILABLE" });
  expect(told).toEqual([["SendFailures", 1, { errorCode: "QUEUE_UNAVAILABLE" }]]);
  await database.settled();
  expect(told.slice(1)).toEqual([["MessagesAccepted", 2]]);
  metrics.add("EventsAccepted");
  expect(told.slice(2)).toEqual([["EventsAccepted"]]);
});

it("of what is undone, only that it was tried is counted", async () => {
  write();
  metrics.add("MessagesAccepted");
  metrics.add("EventsAccepted");
  metrics.add("SendRetries");
  expect(() =>
    database.write(() => {
      throw new Error("no room");
    }),
  ).toThrow();
  write();
  await database.settled();
  expect(told).toEqual([["SendRetries"]]);
});
