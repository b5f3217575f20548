import { closeSync, copyFileSync, fstatSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { StorageError } from "@homing/core/store/message-store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import { Database, type Sync } from "./database.ts";
import { LostLogError } from "./log-file.ts";

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

it("another process that keeps the file to itself is waited for once, not by every write, and again once it lets go", async () => {
  await close();
  const lockWaitMs = 500;
  const made = temporaryDatabase({ lockWaitMs });
  ({ database, close } = made);
  database.exec("CREATE TABLE words (word TEXT UNIQUE)");
  const other = new DatabaseSync(made.path);
  const waited = (word: string) => {
    const since = performance.now();
    expect(() => put(word)).toThrow(StorageError);
    return performance.now() - since;
  };
  for (let round = 0; round < 2; round += 1) {
    other.exec("BEGIN IMMEDIATE");
    expect(waited("first")).toBeGreaterThanOrEqual(lockWaitMs * 0.9);
    const later = Array.from({ length: 20 }, () => waited("later"));
    expect(Math.min(...later)).toBeLessThan(lockWaitMs / 2);
    other.exec("ROLLBACK");
    await database.whenSafe(() => put(`round ${round}`));
  }
  other.close();
  expect(words()).toEqual(["round 0", "round 1"]);
});

it("a storage whose last write was undone is asked for another before it counts as working", async () => {
  await expect(database.probe()).resolves.toBeUndefined();
  // As a full disk: no page more than there are.
  const pages = Number(database.prepare("PRAGMA page_count").get()?.page_count);
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const fill = () => database.whenSafe(() => put("x".repeat(100_000)));
  await expect(fill()).rejects.toBeInstanceOf(StorageError);
  // Nothing was to be written, so nothing is proven.
  await database.whenSafe(() => database.write(() => undefined));
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

describe("the sync of a group", () => {
  let path: string;
  /** Begun, and not ended. */
  let syncs: Array<Parameters<Sync>[1]>;
  let writtenAgain: number;
  let writeAgain: () => void;
  beforeEach(async () => {
    await close();
    syncs = [];
    [writtenAgain, writeAgain] = [0, () => undefined];
    ({ database, close, path } = temporaryDatabase({
      sync: (_, done) => void syncs.push(done),
      writeAgain: () => {
        writtenAgain += 1;
        writeAgain();
      },
    }));
    database.exec("CREATE TABLE words (word TEXT UNIQUE)");
  });

  /** What becomes of an answer, as far as it has. */
  function watch(answer: Promise<unknown>) {
    const seen = { outcome: "none" };
    answer.then(
      () => (seen.outcome = "safe"),
      (error: StorageError) => (seen.outcome = `undone: ${error.mayHaveTakenEffect}`),
    );
    return seen;
  }

  it("is waited for by all that was written or read until then, and what is written meanwhile is one group behind it", async () => {
    const first = watch(database.whenSafe(() => put("first")));
    await turn();
    await turn();
    expect(syncs).toHaveLength(1);
    const read = watch(database.whenSafe(() => database.read(words)));
    const second = watch(database.whenSafe(() => put("second")));
    await turn();
    const third = watch(database.whenSafe(() => put("third")));
    await turn();
    expect(syncs).toHaveLength(1);
    expect([first, read, second, third].map(({ outcome }) => outcome)).toEqual(Array(4).fill("none"));
    const { committed } = database.count;
    syncs.shift()?.(null);
    await turn();
    expect([first, read, second, third].map(({ outcome }) => outcome)).toEqual([
      "safe",
      "safe",
      "none",
      "none",
    ]);
    expect(database.count.committed).toBe(committed + 1);
    syncs.shift()?.(null);
    await turn();
    expect([second, third].map(({ outcome }) => outcome)).toEqual(["safe", "safe"]);
    expect(syncs).toHaveLength(0);
  });

  it("that fails is told to all who wait, and what was written meanwhile is undone", async () => {
    const before = database.count;
    const first = watch(database.whenSafe(() => put("first")));
    await turn();
    const second = watch(database.whenSafe(() => put("second")));
    const call = watch(database.settledSince(before));
    syncs.shift()?.(new Error("EIO"));
    await turn();
    expect([first, second].map(({ outcome }) => outcome)).toEqual(["undone: true", "undone: false"]);
    expect(call.outcome).toMatch("undone");
    expect(words()).toEqual(["first"]);
    const late = watch(database.settledSince(before));
    await turn();
    syncs.shift()?.(null);
    await turn();
    expect(late.outcome).toBe("undone: true");
  });

  it("that has failed is not made good by a later one: what it was of is written again before anything else is", async () => {
    const first = watch(database.whenSafe(() => put("first")));
    await turn();
    syncs.shift()?.(new Error("EIO"));
    await turn();
    expect([first.outcome, writtenAgain]).toEqual(["undone: true", 0]);
    const next = watch(database.whenSafe(() => put("next")));
    expect(writtenAgain).toBe(1);
    await turn();
    syncs.shift()?.(null);
    await turn();
    expect(next.outcome).toBe("safe");
    database.whenSafe(() => put("third")).catch(() => undefined);
    expect(writtenAgain).toBe(1);
  });

  it("that has failed leaves what it was of in doubt until another one, whatever is undone meanwhile", async () => {
    database.whenSafe(() => put("first")).catch(() => undefined);
    await turn();
    syncs.shift()?.(new Error("EIO"));
    await turn();
    expect(() => put("first")).toThrow(StorageError);
    const read = watch(database.whenSafe(() => database.read(words)));
    await turn();
    expect([read.outcome, writtenAgain]).toEqual(["none", 2]);
    syncs.shift()?.(null);
    await turn();
    expect(read.outcome).toBe("safe");
  });

  it("that has failed lets everything go on while somebody reads the file, as a backup does", async () => {
    database.whenSafe(() => put("first")).catch(() => undefined);
    await turn();
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec("BEGIN; SELECT * FROM words");
    syncs.shift()?.(new Error("EIO"));
    const next = watch(database.whenSafe(() => put("next")));
    await turn();
    syncs.shift()?.(null);
    await turn();
    expect(next.outcome).toBe("safe");
    reader.close();
  });

  it("that has failed lets nothing be read as safe that is written nowhere else", async () => {
    const first = watch(database.whenSafe(() => put("first")));
    await turn();
    syncs.shift()?.(new Error("EIO"));
    await turn();
    expect(first.outcome).toBe("undone: true");
    // As a call that is repeated, finds what the first has stored, and would be told that it is.
    const repeated = watch(database.settledSince(database.count));
    const read = watch(database.whenSafe(() => database.read(words)));
    await turn();
    expect([repeated, read].map(({ outcome }) => outcome)).toEqual(["none", "none"]);
    expect(writtenAgain).toBe(1);
    syncs.shift()?.(null);
    await turn();
    expect([repeated, read].map(({ outcome }) => outcome)).toEqual(["safe", "safe"]);
  });

  it("that has failed refuses what is written and read while what it was of cannot be written again", async () => {
    database.whenSafe(() => put("first")).catch(() => undefined);
    await turn();
    syncs.shift()?.(new Error("EIO"));
    writeAgain = () => {
      throw new Error("EIO");
    };
    expect(() => put("refused")).toThrow(StorageError);
    await expect(database.whenSafe(() => database.read(words))).rejects.toBeInstanceOf(StorageError);
    await expect(database.settledSince(database.count)).rejects.toBeInstanceOf(StorageError);
    await expect(database.probe()).rejects.toBeInstanceOf(StorageError);
    writeAgain = () => undefined;
    const read = watch(database.whenSafe(() => database.read(words)));
    await turn();
    syncs.shift()?.(null);
    await turn();
    expect(read.outcome).toBe("safe");
  });

  it("tells a call of several writes that some of it is stored when the last of them alone is undone", async () => {
    const before = database.count;
    await database.atOnce(() => put("first"));
    await turn();
    syncs.shift()?.(null);
    await database.atOnce(() => put("second"));
    const call = watch(database.settledSince(before));
    expect(() => put("second")).toThrow(StorageError);
    await turn();
    expect(words()).toEqual(["first"]);
    expect(call.outcome).toBe("undone: true");
  });

  it("that has failed ends everything once what it was of reads otherwise: the next process has all that was safe", async () => {
    const lost: Error[] = [];
    const made = temporaryDatabase({
      sync: (_, done) => void syncs.push(done),
      onLostLog: (error) => lost.push(error),
    });
    made.database.exec("CREATE TABLE words (word TEXT UNIQUE)");
    const insert = (word: string) =>
      made.database.whenSafe(() =>
        made.database.write(() => void made.database.prepare("INSERT INTO words VALUES (?)").run(word)),
      );
    const kept = watch(insert("kept"));
    await turn();
    syncs.shift()?.(null);
    const first = watch(insert("first"));
    await turn();
    syncs.shift()?.(new Error("EIO"));
    await turn();
    expect([kept, first].map(({ outcome }) => outcome)).toEqual(["safe", "undone: true"]);
    // The system has forgotten the last page, and reads it from the disk.
    const log = openSync(`${made.path}-wal`, "r+");
    writeSync(log, Buffer.alloc(4_096), 0, 4_096, fstatSync(log).size - 4_096);
    closeSync(log);
    for (const answer of [insert("next"), made.database.settled(), made.database.probe()])
      await expect(answer).rejects.toBeInstanceOf(StorageError);
    expect(lost[0]).toBeInstanceOf(LostLogError);
    made.database.close();
    for (const suffix of ["", "-wal"]) copyFileSync(`${made.path}${suffix}`, `${made.path}.left${suffix}`);
    const next = new DatabaseSync(`${made.path}.left`);
    expect(next.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(next.prepare("SELECT word FROM words").all()).toEqual([{ word: "kept" }]);
    next.close();
    rmSync(dirname(made.path), { recursive: true });
  });

  it("of a process that died may have failed: the log that it left is written again before anything is safe", async () => {
    put("first");
    await turn();
    for (const suffix of ["", "-wal"]) copyFileSync(`${path}${suffix}`, `${path}.left${suffix}`);
    const next = new Database(`${path}.left`, {
      sync: (_, done) => void syncs.push(done),
      writeAgain: () => {
        writtenAgain += 1;
      },
    });
    syncs = [];
    const read = watch(next.whenSafe(() => next.read(() => next.prepare("SELECT word FROM words").all())));
    await turn();
    expect([read.outcome, writtenAgain]).toEqual(["none", 1]);
    syncs.shift()?.(null);
    await turn();
    expect(read.outcome).toBe("safe");
    next.close();
  });

  it("that does not end is a storage that does not work", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const first = watch(database.whenSafe(() => put("first")));
      await turn();
      const probes = [watch(database.probe())];
      await vi.advanceTimersByTimeAsync(4_000);
      expect(probes[0]?.outcome).toBe("none");
      await vi.advanceTimersByTimeAsync(2_000);
      expect(probes[0]?.outcome).toMatch("undone");
      probes.push(watch(database.probe()));
      syncs.shift()?.(null);
      await turn();
      expect([first, probes[1]].map((one) => one?.outcome)).toEqual(["safe", "safe"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is made at once by who closes the database, for all that was still to be safe", async () => {
    const answers = [watch(database.whenSafe(() => put("first")))];
    await turn();
    answers.push(watch(database.whenSafe(() => put("second"))));
    database.close();
    await turn();
    expect(answers.map(({ outcome }) => outcome)).toEqual(["safe", "safe"]);
    const left = new DatabaseSync(path);
    expect(left.prepare("SELECT word FROM words").all()).toHaveLength(2);
    left.close();
    ({ database, close } = temporaryDatabase());
  });
});
