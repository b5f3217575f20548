/** The coming protocols keep their promises in every state there is, and none of their rules can be left out. */
import { describe, expect, it } from "vitest";
import { PROTOCOLS } from "./protocols.ts";
import { search } from "./search.ts";

/** Parts with more are for `npm run prove -- --exhaustive`. */
const MOST_STATES_OF_A_PART = 45_000;
const MOST_STATES_OF_A_WHOLE = 2_000;

describe.each(Object.entries(PROTOCOLS))("%s", (_, { parts, weakenings }) => {
  const small = parts.filter(({ states }) => states !== undefined && states <= MOST_STATES_OF_A_PART);

  it.each(small)("holds in all states of: $scenario", ({ make, states, fairRunEvery = 0 }) => {
    const found = search(make(), { fairRunEvery });
    expect(found.violation?.story).toBeUndefined();
    expect([found.isComplete, found.states]).toEqual([true, states]);
  });

  describe.each(weakenings)("$name: $removes", ({ make, makeWhole, steps, fairRunEvery = 0 }) => {
    it("breaks a promise when it is taken out", () => {
      const { violation } = search(make(), { fairRunEvery });
      expect(violation?.steps).toHaveLength(steps);
    });

    it("and none while it is there", () => {
      const { violation } = search(makeWhole(), { fairRunEvery, mostStates: MOST_STATES_OF_A_WHOLE });
      expect(violation?.story).toBeUndefined();
    });
  });
});
