import { describe, expect, it } from "vitest";
import type { Model } from "./model.ts";
import { search } from "./search.ts";

const WIDTH = 4;
const WRONG = "went wrong";

/** A walk on the numbers from 0 to `end`: steps of 1 and of 10, and, if it is given, one step that is wrong. */
function walk(end: number, wrongAt?: number): Model {
  const next = new Uint8Array(WIDTH);
  const read = (state: Uint8Array) => new DataView(state.buffer, state.byteOffset).getUint32(0);
  return {
    width: WIDTH,
    first: () => new Uint8Array(WIDTH),
    steps(state, take) {
      const at = read(state);
      for (const by of [1, 10]) {
        if (at === end) return;
        new DataView(next.buffer).setUint32(0, at + by);
        const violation = at + by === wrongAt ? WRONG : undefined;
        take({ label: `${by} more`, next, violation, isCut: at + by > end });
      }
    },
    violationAtRest: (state) => (wrongAt === end + 1 && read(state) === end ? "stands still" : undefined),
    stuck: (state) =>
      read(state) === 20 && wrongAt === 0 ? { violation: "stuck", run: ["waits"] } : undefined,
    show: (state) => `at ${read(state)}`,
  };
}

describe("the search", () => {
  it("visits every state once, and counts what leads out", () => {
    const found = search(walk(100_000));
    // From 99,991 to 99,999 a step of 10 leads out.
    expect(found).toMatchObject({ states: 100_001, isComplete: true, cut: 9, violation: undefined });
    // 10,000 steps of 10; the last of the others takes 9 steps of 1 more, and is less far: 99,999.
    expect(found.depth).toBe(9_999 + 9);
  });

  it("finds a shortest way to what is wrong, and tells it", () => {
    const { violation, isComplete } = search(walk(100, 31));
    expect(isComplete).toBe(false);
    expect(violation?.text).toBe(WRONG);
    expect(violation?.steps.toSorted()).toEqual(["1 more", "10 more", "10 more", "10 more"]);
    expect(violation?.story.slice(-2)).toEqual([violation?.steps.at(-1), "    at 31"]);
  });

  it("looks at states in which nothing can happen", () => {
    const { violation } = search(walk(12, 13));
    expect(violation).toMatchObject({ text: "stands still" });
    expect(violation?.steps.toSorted()).toEqual(["1 more", "1 more", "10 more"]);
  });

  it("asks some states whether they are stuck, and tells the run that did not end", () => {
    expect(search(walk(30, 0)).fairRuns).toBe(0);
    const { violation, fairRuns } = search(walk(30, 0), { fairRunEvery: 1 });
    expect(violation).toMatchObject({ text: "stuck", steps: ["10 more", "10 more"] });
    expect(violation?.story.at(-1)).toBe("From here on nothing fails: waits");
    expect(fairRuns).toBeGreaterThan(1);
  });

  it("is undecided where it has to stop", () => {
    const found = search(walk(100_000), { mostStates: 500 });
    expect(found).toMatchObject({ states: 500, isComplete: false, violation: undefined });
  });
});
