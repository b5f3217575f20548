/** The group sync with one guard taken out, in its own source. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DatabaseClass } from "./run.ts";

export interface SyncMutant {
  readonly name: string;
  /** What is left once the guard is gone, in words. */
  readonly removes: string;
  /** Stands once in the source. */
  readonly text: string;
  readonly becomes: string;
}

const WRITES_AGAIN =
  "if (this.#isLogInDoubt && this.#syncing === undefined) this.#writeAgain(this.#log, this.#index);";

export const SYNC_MUTANTS: readonly SyncMutant[] = [
  {
    name: "sync not awaited",
    removes: "what is committed is answered as safe before its sync",
    text: "this.#syncing = group;\n",
    becomes: "this.#syncing = group;\n    group.safe.resolve();\n",
  },
  {
    name: "failure untold",
    removes: "a sync that failed counts as one that did not",
    text: "this.#synced(group, error);",
    becomes: "this.#synced(group, null);",
  },
  {
    name: "undone for certain",
    removes: "what a failed sync was of is answered as undone, although it may be there",
    text: "group.safe.reject(this.#failure(error, true));\n    // It may",
    becomes: "group.safe.reject(this.#failure(error, false));\n    // It may",
  },
  {
    name: "doubt forgotten",
    removes: "after a sync that failed the log counts as whole",
    text: "    this.#isLogInDoubt = true;\n",
    becomes: "",
  },
  {
    name: "not written again",
    removes: "a later sync makes good what an earlier one was of",
    text: WRITES_AGAIN,
    becomes: "",
  },
  {
    name: "log inherited",
    removes: "a log that a process left that died counts as whole",
    text: "this.#isLogInDoubt = fstatSync(this.#log).size > 0;",
    becomes: "this.#isLogInDoubt = false;",
  },
  {
    name: "doubt ends early",
    removes: "the doubt is over once the log is written again, not once it is synced",
    text: WRITES_AGAIN,
    becomes: `if (this.#isLogInDoubt && this.#syncing === undefined) { this.#writeAgain(this.#log, this.#index); this.#isLogInDoubt = false; }`,
  },
  {
    name: "read in doubt",
    removes: "what is read of a log in doubt is answered as safe",
    text: "if (this.#isLogInDoubt && this.#syncing === undefined) this.write(() => undefined);",
    becomes: "",
  },
  {
    name: "read beside a sync",
    removes: "what is read waits for no sync that is under way",
    text: "await (this.#group ?? this.#syncing)?.safe.promise;",
    becomes: "await this.#group?.safe.promise;",
  },
  {
    name: "neighbours kept",
    removes: "what was written during a sync that failed is committed",
    text: "if (this.#group) this.#fail(error, false);",
    becomes: "if (this.#group) this.#end(this.#group);",
  },
  {
    name: "syncs side by side",
    removes: "a group is committed while the one before is synced",
    text: "if (this.#syncing === undefined) setImmediate",
    becomes: "setImmediate",
  },
  {
    name: "failures not counted",
    removes: "a call does not learn that what it wrote was undone before it asked",
    text: "if (failure === undefined && this.#count.failed === before.failed) return;",
    becomes: "if (failure === undefined) return;",
  },
  {
    name: "commits not counted",
    removes: "a call whose last write is undone says so of all",
    text: "failure?.mayHaveTakenEffect || this.#count.committed > before.committed",
    becomes: "failure?.mayHaveTakenEffect ?? false",
  },
];

const SOURCE = fileURLToPath(new URL("../../../../server/src/sqlite/database.ts", import.meta.url));

/** The database with that change. @throws Error if it is not what it was made for any more. */
export async function weakenedDatabase({ name, text, becomes }: SyncMutant): Promise<DatabaseClass> {
  const source = readFileSync(SOURCE, "utf8");
  if (source.split(text).length !== 2) throw new Error(`${name}: stands not once in ${SOURCE}: ${text}`);
  const { resolve } = createRequire(SOURCE);
  const folder = mkdtempSync(join(tmpdir(), "homing-mutant-"));
  const file = join(folder, "database.ts");
  writeFileSync(
    file,
    source
      .replace(text, () => becomes)
      .replace(/from "([.@][^"]+)"/g, (_, from) => `from ${JSON.stringify(pathToFileURL(resolve(from)))}`),
  );
  try {
    const { Database } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      Database: DatabaseClass;
    };
    return Database;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
