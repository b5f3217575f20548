import { describe, expect, it } from "vitest";
import { ApiError } from "../api/api-error.ts";
import { actOnEach, type Outcome } from "./act-on-each.ts";

const never = new AbortController().signal;
const noPause = () => Promise.resolve();

/** What became of each item, by what its calls answer: a value is an error to be thrown. */
async function outcomes(
  items: readonly string[],
  call: (item: string) => unknown,
  { signal = never, pause = noPause }: { signal?: AbortSignal; pause?: typeof noPause } = {},
): Promise<Record<string, Outcome["kind"]>> {
  const seen: Record<string, Outcome["kind"]> = {};
  const deps = {
    call: async (item: string) => {
      const error = await call(item);
      if (error !== undefined) throw error;
    },
    pause,
  };
  await actOnEach(deps, items, signal, (item, { kind }) => {
    seen[item] = kind;
  });
  return seen;
}

const conflict = new ApiError(409, { detail: "It has been resolved already.", messageStatus: "FAILED" });
const lost = new ApiError(0, {});
const tooMany = new ApiError(429, {}, 1_000);

describe("each of many", () => {
  it("is told apart: done, refused, without an answer", async () => {
    const answers: Record<string, unknown> = { b: conflict, c: lost, d: new ApiError(503, {}) };
    expect(await outcomes(["a", "b", "c", "d"], (item) => answers[item])).toEqual({
      a: "done",
      b: "refused",
      c: "unanswered",
      d: "unanswered",
    });
  });

  it("is done, though the queue is away, where the API has stored it", async () => {
    const stored = new ApiError(503, { messageStatus: "PENDING" });
    const failed = new ApiError(500, { messageStatus: "FAILED" });
    const answers: Record<string, unknown> = { a: stored, b: failed };
    expect(await outcomes(["a", "b"], (item) => answers[item])).toEqual({ a: "stored", b: "refused" });
  });

  it("is asked for again where the API had too many calls, up to four times, and never where an answer was lost", async () => {
    const calls: string[] = [];
    const answers: Record<string, readonly unknown[]> = {
      a: [tooMany, tooMany, undefined],
      b: [tooMany, tooMany, tooMany, tooMany, undefined],
      c: [lost, undefined],
    };
    const seen = await outcomes(["a", "b", "c"], (item) => {
      calls.push(item);
      return answers[item]?.[calls.filter((one) => one === item).length - 1];
    });
    expect(seen).toEqual({ a: "done", b: "unasked", c: "unanswered" });
    expect(calls.toSorted()).toEqual(["a", "a", "a", "b", "b", "b", "b", "c"]);
  });

  it("is asked for by four at a time at the most, all of them once", async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 20 }, (_, i) => String(i));
    const seen = await outcomes(items, async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    });
    expect(most).toBe(4);
    expect(Object.keys(seen)).toHaveLength(20);
  });

  it("is left alone once the API is away: after four without an answer no other is asked for", async () => {
    const calls: string[] = [];
    const items = Array.from({ length: 100 }, (_, i) => String(i));
    const seen = await outcomes(items, (item) => {
      calls.push(item);
      return lost;
    });
    // The fourth without an answer is the last that counts; three more were on their way.
    expect(calls).toHaveLength(7);
    const kinds = Object.values(seen);
    expect(kinds.filter((kind) => kind === "unanswered")).toHaveLength(7);
    expect(kinds.filter((kind) => kind === "unasked")).toHaveLength(93);
  });

  it("is left alone once somebody says stop; what is on its way ends", async () => {
    const stop = new AbortController();
    const items = ["a", "b", "c", "d", "e", "f"];
    const seen = await outcomes(items, (item) => void (item === "d" && stop.abort()), {
      signal: stop.signal,
    });
    expect(seen).toEqual({ a: "done", b: "done", c: "done", d: "done", e: "unasked", f: "unasked" });
  });

  it("is left alone where somebody says stop while it waits to be let in", async () => {
    const seen = await outcomes(["a"], () => tooMany, { pause: () => Promise.reject(new Error("stopped")) });
    expect(seen).toEqual({ a: "unasked" });
  });
});
