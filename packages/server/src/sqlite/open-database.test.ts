import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@homing/core/settings";
import { buildMessage } from "@homing/core/testing/build-message";
import { TestClock } from "@homing/core/testing/test-clock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openDatabase } from "./open-database.ts";
import { messageTables, SqliteMessageStore } from "./sqlite-message-store.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "homing-open-"));
  path = join(folder, "homing.db");
  const database = openDatabase(folder, path, {});
  const store = new SqliteMessageStore(messageTables(database, new TestClock()), database.whenSafe);
  await Promise.all(Array.from({ length: 200 }, () => store.insert(buildMessage())));
  database.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

function damage(at: number, bytes: number): void {
  const file = readFileSync(path);
  file.fill(0x5a, at, at + bytes);
  writeFileSync(path, file);
}

it.each([
  ["is something else", () => writeFileSync(path, "a letter to a friend, and much more of it".repeat(50))],
  ["lost its beginning", () => damage(0, 64)],
  ["lost a page", () => damage(12 * 4_096, 4_096)],
  [
    "lost its end",
    () => {
      const handle = openSync(path, "r+");
      ftruncateSync(handle, statSync(path).size / 2);
      closeSync(handle);
    },
  ],
])("a file that %s is refused in one line, and left alone", (_what, harm) => {
  harm();
  const before = readFileSync(path);
  const open = () => openDatabase(folder, path, {});
  expect(open).toThrow(SettingsError);
  expect(open).toThrow(
    /^HOMING_DATA_DIR: \S+ is damaged \([^\n]+\); put a backup in its place and start again\.$/,
  );
  expect(readFileSync(path).equals(before)).toBe(true);
});

it("a file that may only be read, as one that somebody else has put there, is refused in one line", () => {
  const open = () => openDatabase(folder, `file:${path}?mode=ro`, {});
  expect(open).toThrow(SettingsError);
  expect(open).toThrow(
    /^HOMING_DATA_DIR: \S+ cannot be written by this user; make it the owner of the file \(chown\)\.$/,
  );
});
