import { describe, expect, test } from "vitest";
import { FairBacklog } from "./fair-backlog.ts";

const bySender = (item: string) => item.charAt(0);
const backlogOf = (...items: string[]) => new FairBacklog(items, bySender);
function takeAll(backlog: FairBacklog<string>): string[] {
  return Array.from({ length: backlog.length }, () => backlog.shift() ?? "");
}

describe("a fair backlog", () => {
  test("gives each group its turn, however much another has waiting", () => {
    const backlog = backlogOf(...Array.from({ length: 1_000 }, (_, i) => `a${i}`), "b0", "c0", "b1");
    expect(takeAll(backlog).slice(0, 7)).toEqual(["a0", "b0", "c0", "a1", "b1", "a2", "a3"]);
  });

  test("takes a newcomer no later than after each of the groups that wait", () => {
    const backlog = backlogOf("a0", "a1", "a2", "b0", "b1");
    backlog.shift();
    backlog.push("c0");
    expect(takeAll(backlog)).toEqual(["b0", "a1", "c0", "b1", "a2"]);
  });

  test("keeps the order within a group, loses nothing and counts", () => {
    const backlog = backlogOf("a0", "b0", "a1");
    expect(backlog.length).toBe(3);
    expect([...backlog].sort()).toEqual(["a0", "a1", "b0"]);
    expect(takeAll(backlog)).toEqual(["a0", "b0", "a1"]);
    expect(backlog.length).toBe(0);
    expect(backlog.shift()).toBeUndefined();
    backlog.push("a2");
    expect(backlog.shift()).toBe("a2");
  });
});
