import { expect, test } from "vitest";
import { createWorkload } from "./workload.ts";

test("a process is busy when it has worked for more than half of the time since it was last asked", () => {
  let measured = { active: 0, idle: 0, utilization: 0 };
  const after = (activeMs: number, idleMs: number) => {
    measured = { ...measured, active: measured.active + activeMs, idle: measured.idle + idleMs };
    return isBusy();
  };
  const isBusy = createWorkload(() => measured);
  expect(isBusy()).toBe(false);
  expect(after(600, 400)).toBe(true);
  expect(after(0, 100)).toBe(true);
  expect(after(200, 700)).toBe(false);
  expect(after(499, 0)).toBe(false);
  expect(after(1, 0)).toBe(true);
});
