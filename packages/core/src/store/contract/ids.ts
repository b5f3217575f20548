import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY } from "../../duration.ts";
import { newMessageId } from "../../message/message-id.ts";
import { buildMessage } from "../../testing/build-message.ts";
import type { StepName } from "../../testing/journey.ts";
import type { IdQuery, ListPosition } from "../message-store.ts";
import { type MakeStore, type StoreSubject, travel } from "./subject.ts";

export function describeIds(makeStore: MakeStore): void {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  /** Look after look to the end. */
  async function findAll(query: Omit<IdQuery, "after">): Promise<string[]> {
    const ids: string[] = [];
    let after: ListPosition | undefined;
    do {
      const page = await subject.store.findIds({ ...query, ...(after ? { after } : {}) });
      ids.push(...page.rows.map(({ messageId }) => messageId));
      after = page.next;
    } while (after);
    return ids;
  }

  /** Eight characters that no other id has. */
  const newPart = () => newMessageId(0).slice(-8);
  const put = async (messageId: string, createdAt: number, senderId: string, way: readonly StepName[] = []) =>
    (await travel(subject.store, buildMessage({ messageId, createdAt, senderId }), way)).messageId;

  describe("ids", () => {
    it("are found by their beginning or by any part, whatever became of their messages, newest first", async () => {
      const now = subject.clock.now();
      const [part, other] = [newPart(), newPart()];
      const [mine, theirs] = [`sender-${part}`, `sender-${other}`];
      const old = await put(`msg_${part}000000000000000001`, now - 300 * DAY, mine);
      const end = await put(`msg_000000000000000000${part}`, now + 1, mine, ["claim", "fail"]);
      const foreign = await put(`msg_${part}000000000000000002`, now + 2, theirs, ["cancel"]);
      await put(`msg_${other}000000000000000003`, now + 3, mine);
      const beginning = { text: part, isBeginning: true };
      const anywhere = { text: part, isBeginning: false };
      expect(await findAll({ part: beginning })).toEqual([foreign, old]);
      expect(await findAll({ part: anywhere })).toEqual([foreign, end, old]);
      expect(await findAll({ part: beginning, senderId: mine })).toEqual([old]);
      expect(await findAll({ part: anywhere, senderId: mine })).toEqual([end, old]);
      expect(await findAll({ part: anywhere, senderId: `${mine}.b` })).toEqual([]);
    });

    it("are found within times only", async () => {
      const now = subject.clock.now();
      const part = newPart();
      const ids = [];
      for (let at = 0; at < 4; at += 1)
        ids.unshift(await put(`msg_${part}00000000000000000${at}`, now + at, "acme"));
      for (const isBeginning of [true, false]) {
        const within = { since: now + 1, until: now + 3 };
        expect(await findAll({ part: { text: part, isBeginning }, ...within })).toEqual(ids.slice(1, 3));
      }
    });

    it("of one and the same time are found all, each once, behind any of them", async () => {
      const now = subject.clock.now() + 30 * DAY;
      const part = newPart();
      const senderId = `sender-${part}`;
      const ids = Array.from({ length: 40 }, (_, at) => `msg_${part}${String(at).padStart(18, "0")}`);
      await Promise.all(ids.map((messageId) => put(messageId, now, senderId)));
      const newestFirst = ids.toReversed();
      for (const isBeginning of [true, false]) {
        const query = { part: { text: part, isBeginning }, senderId };
        expect(await findAll(query)).toEqual(newestFirst);
        const after = { createdAt: now, messageId: newestFirst[9] ?? "" };
        const { rows } = await subject.store.findIds({ ...query, after });
        expect(rows.map(({ messageId }) => messageId)).toEqual(newestFirst.slice(10));
      }
    });

    it("are no patterns", async () => {
      await put(newMessageId(subject.clock.now()), subject.clock.now(), "acme");
      for (const text of ["____", "%", "_", "*", "?", "'", "0%"])
        for (const isBeginning of [true, false])
          expect(await findAll({ part: { text, isBeginning } })).toEqual([]);
    });
  });
}
