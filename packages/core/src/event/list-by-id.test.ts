import { describe, expect, it } from "vitest";
import { DAY } from "../duration.ts";
import { newId } from "../id.ts";
import { buildEvent } from "../testing/build-event.ts";
import { NOON, TestClock } from "../testing/test-clock.ts";
import type { Event } from "./event.ts";
import type { EventRow } from "./event-store.ts";
import { listEventsByIdPart } from "./list-by-id.ts";
import type { EventFilter } from "./list-events.ts";
import { MemoryEventStore } from "./memory-event-store.ts";

const ALL: EventFilter = { unmatched: false };

function setUp() {
  const store = new MemoryEventStore(new TestClock());
  const put = async (over: Partial<Event>) => {
    const event = buildEvent({ expiresAt: NOON + 400 * DAY, ...over });
    await store.insert(event);
    return event.eventId;
  };
  const page = (text: string, isBeginning: boolean, filter = ALL, limit = 50, after?: EventRow) =>
    listEventsByIdPart(store, filter, { text, isBeginning }, limit, after);
  return { put, page };
}

describe("events by part of the id", () => {
  it("are found at once where they begin with their time, and the answer says how far back all was looked at", async () => {
    const { put, page } = setUp();
    const old = await put({ eventId: newId("evt", NOON - 300 * DAY), createdAt: NOON - 300 * DAY });
    for (let n = 0; n < 6_000; n += 1) await put({ eventId: newId("evt", NOON + n), createdAt: NOON + n });
    const { events, searchedSince, next } = await page(old.slice(4, 16), true);
    expect(events.map(({ eventId }) => eventId)).toEqual([old]);
    // Three looks: the time of the id, and 2,500 events each from the newest on.
    expect(searchedSince).toBe(NOON + 1_001);
    expect(next?.createdAt).toBe(NOON + 1_000);
  });

  it("are found wherever the part stands, page by page, each once, and those alone that pass the other filters", async () => {
    const { put, page } = setUp();
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.unshift(await put({ eventId: `evt_000000000000000WANTED0000${n}`, createdAt: NOON + n }));
    await put({ eventId: `evt_WANTED${"0".repeat(20)}`, createdAt: NOON, senderId: "globex" });
    const mine = { ...ALL, senderId: "acme" };
    for (const limit of [50, 2, 1]) {
      const found: string[] = [];
      let after: EventRow | undefined;
      do {
        const one = await page("WANTED", false, mine, limit, after);
        found.push(...one.events.map(({ eventId }) => eventId));
        after = one.next;
      } while (after);
      expect(found).toEqual(ids);
    }
    expect((await page("WANTED", true)).events).toHaveLength(1);
    expect((await page("WANTED", false, { ...mine, eventType: "nothing.like.it" })).events).toEqual([]);
    expect((await page("WANTED", false, { ...mine, until: NOON + 2 })).events).toHaveLength(2);
  });
});
