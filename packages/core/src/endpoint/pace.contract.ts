/** What every endpoint store guarantees of the paces of limited endpoints; a part of its contract suite. */
import { expect, it } from "vitest";
import { DAY, MINUTE } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON } from "../testing/test-clock.ts";
import type { EndpointStore } from "./endpoint-store.ts";

export function itKeepsPaces(subject: () => Pick<EndpointStore, "insert" | "listOf" | "reserve">): void {
  /** 100 a minute. */
  const RATE = { spacingUs: 600_000, since: NOON - DAY };
  const newOwner = (): Parameters<EndpointStore["reserve"]>[0] => buildEndpoint({ senderId: "paced" });

  it("gives each who asks the next slot of an endpoint's pace, and one that rests begins with now", async () => {
    const store = subject();
    const owner = newOwner();
    const ask = { ...RATE, now: NOON, slots: 1 };
    expect(await store.reserve(owner, ask)).toEqual([NOON]);
    expect(await store.reserve(owner, { ...ask, slots: 2 })).toEqual([NOON + 600, NOON + 1_200]);
    expect(await store.reserve(owner, ask)).toEqual([NOON + 1_800]);
    // At the very moment of the next slot that one is given; beyond it nothing was saved up.
    expect(await store.reserve(owner, { ...ask, now: NOON + 2_400 })).toEqual([NOON + 2_400]);
    const later = NOON + MINUTE;
    expect(await store.reserve(owner, { ...ask, now: later })).toEqual([later]);
    expect(await store.reserve(owner, { ...ask, now: later })).toEqual([later + 600]);
    expect(await store.reserve(newOwner(), ask)).toEqual([NOON]);
  });

  it("gives each slot once, however many ask at the same moment", async () => {
    const store = subject();
    const owner = newOwner();
    // Twice: of an endpoint that nobody has asked for, and of one that is asked for more than it takes.
    for (const round of [0, 1]) {
      const given = await Promise.all(
        Array.from({ length: 4 }, () => store.reserve(owner, { ...RATE, now: NOON, slots: 2 })),
      );
      const expected = Array.from({ length: 8 }, (_, index) => NOON + (round * 8 + index) * 600);
      expect(given.flat().sort((a, b) => a - b)).toEqual(expected);
    }
  });

  it("keeps a spacing that is no whole number of milliseconds", async () => {
    const store = subject();
    const owner = newOwner();
    const given: number[] = [];
    for (let call = 0; call < 8; call += 1)
      given.push(
        ...(await store.reserve(owner, {
          spacingUs: Math.ceil(1_000_000 / 7),
          since: NOON,
          now: NOON,
          slots: 1,
        })),
      );
    expect(given).toEqual([0, 143, 286, 429, 572, 715, 858, 1_001].map((ms) => NOON + ms));
  });

  it("begins anew under a later rate, by which those go that know only an earlier one", async () => {
    const store = subject();
    const owner = newOwner();
    const slow = { spacingUs: DAY * 1_000, since: NOON };
    const fast = { spacingUs: 600_000, since: NOON + 1 };
    await store.reserve(owner, { ...slow, now: NOON, slots: 3 });
    const now = NOON + MINUTE;
    expect(await store.reserve(owner, { ...fast, now, slots: 1 })).toEqual([now]);
    expect(await store.reserve(owner, { ...slow, now, slots: 2 })).toEqual([now + 600, now + 1_200]);
    expect(await store.reserve(owner, { ...slow, now: now + MINUTE, slots: 1 })).toEqual([now + MINUTE]);
    expect(await store.reserve(owner, { ...fast, now: now + MINUTE, slots: 1 })).toEqual([
      now + MINUTE + 600,
    ]);
  });

  it("gives fewer slots than were asked for where the line is full, and then none until time has gone on", async () => {
    const store = subject();
    const owner = newOwner();
    const daily = { spacingUs: DAY * 1_000, since: NOON };
    const days = (...numbers: number[]) => numbers.map((day) => NOON + day * DAY);
    expect(await store.reserve(owner, { ...daily, now: NOON, slots: 2 })).toEqual(days(0, 1));
    expect(await store.reserve(owner, { ...daily, now: NOON, slots: 9 })).toEqual(days(2, 3, 4, 5, 6, 7));
    expect(await store.reserve(owner, { ...daily, now: NOON, slots: 1 })).toEqual([]);
    expect(await store.reserve(owner, { ...daily, now: NOON + DAY, slots: 2 })).toEqual(days(8));
  });

  it("lists no pace among a sender's endpoints", async () => {
    const store = subject();
    const endpoint = buildEndpoint({ senderId: `paced-${NOON}` });
    await store.insert(endpoint);
    await store.reserve(endpoint, { ...RATE, now: NOON, slots: 1 });
    expect(await store.listOf(endpoint.senderId)).toEqual([endpoint]);
  });
}
