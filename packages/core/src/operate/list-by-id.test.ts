import { beforeEach, describe, expect, it } from "vitest";
import { DAY } from "../duration.ts";
import { hasPart } from "../id-part.ts";
import { LIST_GROUPS, type Message } from "../message/message.ts";
import { newMessageId } from "../message/message-id.ts";
import type { IdQuery } from "../store/message-store.ts";
import { noticingStore } from "../store/noticing-store.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import type { ListFilter, Place } from "./list.ts";
import { listByIdPart } from "./list-by-id.ts";

let system: TestSystem;
beforeEach(() => {
  system = new TestSystem();
});

/** As a store of ids that are in no order finds them: each look is at 5 of them. */
async function findIds({ part, ...query }: IdQuery) {
  const rows = await system.store.list({ ...query, groups: LIST_GROUPS, limit: 5 });
  const next = rows.length === 5 ? rows.at(-1) : undefined;
  return { rows: rows.filter(({ messageId }) => hasPart(messageId, part)), ...(next ? { next } : {}) };
}

const put = (messageId: string, createdAt: number, over: Partial<Message> = {}) =>
  system.put({ messageId, createdAt, ...over });

function page(text: string, isBeginning: boolean, filter: ListFilter = {}, limit = 50, after?: Place) {
  const idPart = { text, isBeginning };
  const store = { ...noticingStore(system.store, { applied: () => undefined }), findIds };
  return listByIdPart({ ...system.deps, store }, { ...filter, idPart }, idPart, limit, after);
}

async function pages(text: string, isBeginning: boolean, filter: ListFilter = {}, limit = 50) {
  const found = [];
  let after: Place | undefined;
  do {
    const one = await page(text, isBeginning, filter, limit, after);
    found.push({ ids: one.items.map(({ message }) => message.messageId), searchedSince: one.searchedSince });
    after = one.next;
  } while (after);
  return found;
}

describe("a list by part of the id", () => {
  it("finds what begins with its time at once, however much was accepted since", async () => {
    const old = newMessageId(NOON - 300 * DAY);
    await put(old, NOON - 300 * DAY);
    for (let n = 0; n < 40; n += 1) await put(newMessageId(NOON + n), NOON + n);
    const first = await page(old.slice(4, 16), true);
    expect(first.items.map(({ message }) => message.messageId)).toEqual([old]);
    // Three looks: the time of the id, and five ids each from the newest on.
    expect(first.searchedSince).toBe(NOON + 31);
  });

  it("leaves nobody out and shows each once, whatever its id was made of", async () => {
    const part = newMessageId(NOON).slice(4, 12);
    const ids = new Set<string>();
    for (let n = 0; n < 60; n += 1) {
      const createdAt = NOON + (n - 30) * 1_000;
      const tail = `${n}`.padStart(18, "0");
      const id = n % 3 === 0 ? `msg_${part}${tail}` : `msg_0000${part}${tail.slice(4)}`;
      await put(id, createdAt);
      if (n % 3 === 0) ids.add(id);
    }
    for (const limit of [50, 1, 3]) {
      const found = (await pages(part, true, {}, limit)).flatMap((one) => one.ids);
      expect(found).toHaveLength(20);
      expect(new Set(found)).toEqual(ids);
      expect((await pages(part, false, {}, limit)).flatMap((one) => one.ids)).toHaveLength(60);
    }
  });

  it("says since when everything was looked at, and at its end no more", async () => {
    for (let n = 0; n < 20; n += 1) await put(newMessageId(NOON + n), NOON + n);
    const [first, second] = await pages("ZZZZ", false);
    // Three looks at five ids each: the newest is of NOON + 19.
    expect(first).toEqual({ ids: [], searchedSince: NOON + 6 });
    expect(second).toEqual({ ids: [], searchedSince: undefined });
  });

  it("does not say so while it is still in the time of the part: what is newer has not been looked at", async () => {
    const at = NOON - DAY;
    const inOne = newMessageId(at).slice(4, 13);
    for (let n = 0; n < 20; n += 1) await put(newMessageId(at), at);
    const first = await page(inOne, true, {}, 3);
    expect(first.items).toHaveLength(3);
    expect(first.searchedSince).toBeUndefined();
    expect(first.next).toBeDefined();
  });

  it("keeps to the other filters, and to the sender", async () => {
    const part = "WANTED00";
    await put(`msg_${part}000000000000000001`, NOON, { senderId: "acme" });
    await put(`msg_${part}000000000000000002`, NOON + 1, { senderId: "globex" });
    const found = async (filter: ListFilter) =>
      (await pages(part, true, filter)).flatMap(({ ids }) => ids.map((id) => id.slice(-1)));
    expect(await found({})).toEqual(["2", "1"]);
    expect(await found({ senderId: "acme" })).toEqual(["1"]);
    expect(await found({ senderId: "acme", until: NOON })).toEqual([]);
    expect(await found({ status: "FAILED" })).toEqual([]);
    expect(await found({ target: "nowhere.example" })).toEqual([]);
  });
});
