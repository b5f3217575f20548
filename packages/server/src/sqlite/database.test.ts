import { StorageError } from "@homing/core/store/message-store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import type { Database } from "./database.ts";

let database: Database;
let close: () => Promise<void>;
beforeEach(() => {
  ({ database, close } = temporaryDatabase());
  database.exec("CREATE TABLE words (word TEXT UNIQUE)");
});
afterEach(() => close());

const put = (word: string) =>
  database.write(() => void database.prepare("INSERT INTO words VALUES (?)").run(word));
const words = () =>
  database
    .prepare("SELECT word FROM words ORDER BY rowid")
    .all()
    .map(({ word }) => word);

describe("writes that arrive together", () => {
  it("are one commit, and each is answered after it", async () => {
    const before = database.count;
    const order: string[] = [];
    const answered = ["a", "b", "c"].map((word) =>
      database.whenSafe(() => put(word)).then(() => order.push(`${word} after ${database.count.committed}`)),
    );
    expect(words()).toEqual(["a", "b", "c"]);
    expect(database.count).toEqual(before);
    await Promise.all(answered);
    const after = before.committed + 1;
    expect(order).toEqual([`a after ${after}`, `b after ${after}`, `c after ${after}`]);
  });

  it("are undone together when one cannot be carried out, and each is told", async () => {
    await database.whenSafe(() => put("kept"));
    let forgotten = 0;
    database.onRollback(() => {
      forgotten += 1;
    });
    const first = database.whenSafe(() => put("first"));
    const second = database.whenSafe(() => put("kept"));
    for (const answer of [first, second]) {
      const error = await answer.then(expect.fail, (reason: unknown) => reason as StorageError);
      expect(error).toBeInstanceOf(StorageError);
      expect(error).toMatchObject({ mayHaveTakenEffect: false, mayYetTakeEffect: false, retryable: true });
    }
    expect(words()).toEqual(["kept"]);
    expect(forgotten).toBe(1);
    await database.whenSafe(() => put("later"));
    expect(words()).toEqual(["kept", "later"]);
  });
});

describe("a call that was answered at once", () => {
  it("learns that what it wrote is undone, also after later writes have been committed", async () => {
    const before = database.count;
    await database.atOnce(() => put("word"));
    expect(() => put("word")).toThrow(StorageError);
    await expect(database.settledSince(before)).rejects.toMatchObject({ mayHaveTakenEffect: false });
    await database.whenSafe(() => put("other"));
    await expect(database.settledSince(before)).rejects.toMatchObject({ mayHaveTakenEffect: true });
    await expect(database.settledSince(database.count)).resolves.toBeUndefined();
  });
});

it("a storage whose last write was undone is asked for another before it counts as working", async () => {
  await expect(database.probe()).resolves.toBeUndefined();
  // As a full disk: no page more than there are.
  const pages = Number(database.prepare("PRAGMA page_count").get()?.page_count);
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const fill = () => database.whenSafe(() => put("x".repeat(100_000)));
  await expect(fill()).rejects.toBeInstanceOf(StorageError);
  const before = database.count;
  await expect(database.probe()).resolves.toBeUndefined();
  expect(database.count.committed).toBe(before.committed + 1);
  database.exec("PRAGMA max_page_count = 1000000");
  await expect(fill()).resolves.toBeUndefined();
});

describe("what goes along with another write", () => {
  it("is committed with it, and again with the next if that one is undone", async () => {
    database.writeAlong(() => put("along"));
    expect(words()).toEqual([]);
    const undone = database.whenSafe(() => put("along"));
    await expect(undone).rejects.toBeInstanceOf(StorageError);
    await database.whenSafe(() => put("other"));
    expect(words()).toEqual(["other", "along"]);
  });
});
