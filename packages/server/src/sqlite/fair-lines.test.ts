import { describe, expect, it } from "vitest";
import { FairLines, type InLine } from "./fair-lines.ts";

/** Everything that waits, as a table would hold it. */
class Waiting {
  readonly items: InLine[] = [];
  readonly lines: FairLines<InLine>;

  constructor(most: number) {
    this.lines = new FairLines({
      most,
      load: (groupId, after, limit) => {
        const found = this.items.filter((item) => item.groupId === groupId && item.number > after);
        const items = found.slice(0, limit);
        return { items, after: items.at(-1)?.number ?? after, more: found.length > limit };
      },
    });
  }

  push(groupId: string, count: number): void {
    for (let made = 0; made < count; made += 1) {
      const item = { number: this.items.length + 1, groupId };
      this.items.push(item);
      this.lines.push(item);
    }
  }

  takeAll(): InLine[] {
    const taken: InLine[] = [];
    for (let item = this.lines.take(); item; item = this.lines.take()) taken.push(item);
    return taken;
  }
}

describe("the lines of a queue", () => {
  it("hand out each item once and each group's in its order, however many wait", () => {
    const waiting = new Waiting(1);
    waiting.push("a", 200);
    waiting.push("b", 70);
    const taken: InLine[] = [];
    for (let item = waiting.lines.take(); item; item = waiting.lines.take()) {
      taken.push(item);
      if (taken.length === 50) waiting.push("a", 10);
      waiting.lines.end(item);
    }
    for (const group of ["a", "b"]) {
      const own = (items: readonly InLine[]) => items.filter(({ groupId }) => groupId === group);
      expect(own(taken)).toEqual(own(waiting.items));
    }
    // In turns while both wait.
    expect(
      new Set(
        taken
          .slice(0, 20)
          .filter((_, at) => at % 2 === 0)
          .map(({ groupId }) => groupId),
      ).size,
    ).toBe(1);
  });

  it("give no more places than there are", () => {
    const waiting = new Waiting(8);
    waiting.push("a", 100);
    expect(waiting.takeAll()).toHaveLength(8);
    waiting.lines.end({ number: 1, groupId: "a" });
    expect(waiting.takeAll()).toHaveLength(1);
  });

  it.each([64, 256])("keep a place of %i for whoever comes, though one group could fill them all", (most) => {
    const waiting = new Waiting(most);
    waiting.push("noisy", 10_000);
    const noisy = waiting.takeAll();
    expect(noisy.length).toBeGreaterThanOrEqual(Math.floor((most * 8) / 9));
    expect(noisy.length).toBeLessThan(most);
    waiting.push("quiet", 1);
    expect(waiting.takeAll()).toEqual([{ number: 10_001, groupId: "quiet" }]);
  });

  it("let a newcomer go ahead of all that waits of a group that came before", () => {
    const waiting = new Waiting(1);
    waiting.push("noisy", 1_000);
    const first = waiting.lines.take();
    waiting.push("quiet", 1);
    waiting.push("noisy", 1);
    if (first) waiting.lines.end(first);
    const next = [waiting.lines.take()];
    if (next[0]) waiting.lines.end(next[0]);
    next.push(waiting.lines.take());
    expect(next.map((item) => item?.groupId)).toContain("quiet");
  });
});
