import { expect, it } from "vitest";
import { allEnded } from "./all-ended.ts";

it("answers what all of them do", async () => {
  expect(await allEnded([Promise.resolve(1), Promise.resolve("two")])).toEqual([1, "two"]);
});

it("is rejected as the first of them is, once the others have ended", async () => {
  const slow = Promise.withResolvers<void>();
  let isOver = false;
  const all = allEnded([slow.promise, Promise.reject(new Error("no"))]).catch((error: Error) => {
    isOver = true;
    return error.message;
  });
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  expect(isOver).toBe(false);
  slow.resolve();
  expect(await all).toBe("no");
});
