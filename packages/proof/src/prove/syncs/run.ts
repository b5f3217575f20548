/**
 * A schedule against the real database, on a disk whose syncs end as the schedule says. Wherever the power goes: what was
 * answered as safe is there, what was read as safe too, and what was answered as undone is not, unless it was said to
 * be possible.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { StorageError } from "@homing/core/store/message-store";
import type { Database, GroupCount } from "@homing/server/sqlite/database";
import { Disk } from "./disk.ts";
import type { Step, SyncSchedule } from "./schedule.ts";

export type DatabaseClass = new (...args: ConstructorParameters<typeof Database>) => Database;

interface Answer {
  readonly what: string;
  /** What it wrote, or has read. */
  readonly words: readonly number[];
  readonly isRead: boolean;
  outcome: "none" | "safe" | "undone" | "perhaps";
}

interface Call {
  readonly before: GroupCount;
  readonly words: number[];
}

class Violation extends Error {}

/** What was not so, in words; undefined if everything was. */
export async function runSyncs(schedule: SyncSchedule, Subject: DatabaseClass): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "homing-syncs-"));
  const run = new Run(folder, schedule, Subject);
  try {
    await run.all();
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  } finally {
    run.close();
    rmSync(folder, { recursive: true });
  }
}

class Run {
  readonly #folder: string;
  readonly #schedule: SyncSchedule;
  readonly #disk: Disk;
  readonly #Subject: DatabaseClass;
  /** Of all processes, the latest at the end. */
  readonly #databases: Database[] = [];
  readonly #answers: Answer[] = [];
  #calls: Call[] = [];
  #name = "homing.db";
  #reader: DatabaseSync | undefined;
  #last = 0;
  #isOpen = true;

  constructor(folder: string, schedule: SyncSchedule, Subject: DatabaseClass) {
    this.#folder = folder;
    this.#schedule = schedule;
    const path = this.#path("homing.db");
    // The smallest pages there are, so that little makes a difference.
    const made = new DatabaseSync(path);
    made.exec(
      "PRAGMA page_size = 512; CREATE TABLE words (word INTEGER PRIMARY KEY); INSERT INTO words VALUES (0)",
    );
    made.close();
    this.#disk = new Disk(path);
    this.#Subject = Subject;
    this.#begin();
  }

  #begin(): void {
    const database = new this.#Subject(this.#path(this.#name), { ...this.#disk.forProcess(), lockWaitMs: 0 });
    database.exec(`PRAGMA wal_autocheckpoint = ${this.#schedule.checkpoints ? 6 : 0}`);
    this.#databases.push(database);
    this.#disk.look();
  }

  get #database(): Database {
    const database = this.#databases.at(-1);
    if (database === undefined) throw new Error("There is one from the beginning.");
    return database;
  }

  async all(): Promise<void> {
    for (const step of this.#schedule.steps) {
      await this.#take(step);
      this.#disk.look();
    }
    this.#disk.refusesWriting = false;
    if (!this.#schedule.closesAtOnce) await this.#comeToRest();
    this.close();
    await microtasks();
    for (const { what, outcome } of this.#answers)
      if (outcome === "none") throw new Violation(`${what} was never answered`);
    this.#expectHeld("after the end", wordsOf(this.#path(this.#name)));
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
    if (this.#isOpen) for (const database of this.#databases.toReversed()) database.close();
    this.#isOpen = false;
  }

  /** The disk works again: by itself, everything does. */
  async #comeToRest(): Promise<void> {
    const work = async (): Promise<void> => {
      for (let idle = 0; idle < 3; idle += 1) {
        await turn();
        if (this.#disk.end(false)) idle = 0;
      }
    };
    await work();
    await this.#take({ do: "write" });
    await this.#take({ do: "probe" });
    await work();
    for (const { what, outcome } of this.#answers.slice(-2))
      if (outcome !== "safe") throw new Violation(`${what} is refused although the disk works again`);
    await this.#take({ do: "cut", from: 0, to: 0 });
  }

  async #take(step: Step): Promise<void> {
    const database = this.#database;
    switch (step.do) {
      case "write": {
        const word = this.#next();
        return this.#watch(
          "a write",
          [word],
          database.whenSafe(() => this.#put(word)),
        );
      }
      case "begin":
        return void this.#calls.unshift({ before: database.count, words: [] });
      case "add":
        return this.#add(this.#calls[step.call]);
      case "settle": {
        const [call] = this.#calls.splice(step.call, 1);
        if (call) this.#watch("a call", call.words, database.settledSince(call.before));
        return;
      }
      case "read": {
        const words = this.#read();
        return this.#watch("a read", words, database.settled(), true);
      }
      case "probe":
        return this.#watch("a look whether it works", this.#read(), database.probe(), true);
      case "conflict":
        return this.#watch(
          "a write that cannot be",
          [],
          database.whenSafe(() => this.#put(0)),
        );
      case "turn":
        return turn();
      case "sync":
        this.#disk.end(step.fails);
        return;
      case "reader":
        return this.#toggleReader();
      case "restart":
        return this.#restart();
      case "refuseWriting":
        this.#disk.refusesWriting = !this.#disk.refusesWriting;
        return;
      case "cut":
        await microtasks();
        this.#disk.look();
        return this.#cut(step.from, step.to);
    }
  }

  #add(call: Call | undefined): void {
    if (call === undefined) return;
    const word = this.#next();
    call.words.push(word);
    try {
      this.#put(word);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  async #restart(): Promise<void> {
    await microtasks();
    this.#reader?.close();
    this.#reader = undefined;
    // Nobody has an answer of a process that died, and what it was to be of may be there.
    for (const answer of this.#answers) if (answer.outcome === "none") answer.outcome = "perhaps";
    this.#calls = [];
    this.#name = `homing-${this.#databases.length}.db`;
    this.#disk.moveTo(this.#path(this.#name));
    this.#begin();
  }

  #toggleReader(): void {
    const before = this.#reader;
    this.#reader = before ? undefined : new DatabaseSync(this.#path(this.#name), { readOnly: true });
    before?.close();
    this.#reader?.exec("BEGIN; SELECT * FROM words");
  }

  #watch(what: string, words: readonly number[], given: Promise<unknown>, isRead = false): void {
    const answer: Answer = { what: `${what} (${words.join()})`, words, isRead, outcome: "none" };
    this.#answers.push(answer);
    const tell = (outcome: Answer["outcome"]) => {
      if (answer.outcome === "none") answer.outcome = outcome;
    };
    given.then(
      () => tell("safe"),
      (error: StorageError) => tell(error.mayHaveTakenEffect ? "perhaps" : "undone"),
    );
  }

  #cut(from: number, to: number): void {
    const { file, log } = this.#disk.found(from, to);
    const left = this.#path("left.db");
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${left}${suffix}`, { force: true });
    writeFileSync(left, file);
    writeFileSync(`${left}-wal`, log);
    this.#expectHeld("when the power goes", wordsOf(left));
  }

  #expectHeld(when: string, found: readonly number[] | undefined): void {
    if (found === undefined) throw new Violation(`the file is damaged ${when}`);
    const there = new Set(found);
    for (const { what, words, isRead, outcome } of this.#answers) {
      const isMissing = words.some((word) => !there.has(word));
      if (outcome === "safe" && isMissing)
        throw new Violation(`${what} was answered as safe, and is not there ${when} (${found.join()})`);
      if (outcome === "undone" && !isRead && words.some((word) => there.has(word)))
        throw new Violation(`${what} was answered as undone, and is there ${when} (${found.join()})`);
    }
  }

  #read(): number[] {
    return this.#database
      .read(() => this.#database.prepare("SELECT word FROM words").all())
      .map(({ word }) => Number(word));
  }

  #put(word: number): void {
    this.#database.write(() => this.#database.prepare("INSERT INTO words VALUES (?)").run(word));
  }

  #next(): number {
    this.#last += 1;
    return this.#last;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** Those that were answered know of it. */
async function microtasks(): Promise<void> {
  for (let n = 0; n < 10; n += 1) await undefined;
}

/** Undefined if the file is damaged. */
function wordsOf(path: string): number[] | undefined {
  const database = new DatabaseSync(path);
  try {
    if (database.prepare("PRAGMA quick_check(1)").get()?.quick_check !== "ok") return undefined;
    return database
      .prepare("SELECT word FROM words")
      .all()
      .map(({ word }) => Number(word));
  } catch {
    return undefined;
  } finally {
    database.close();
  }
}
