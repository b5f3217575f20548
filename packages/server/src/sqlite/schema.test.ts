import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@homing/core/settings";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Database } from "./database.ts";
import { MIGRATIONS, migrate } from "./schema.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homing-schema-"));
  path = join(folder, "homing.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the file looks like after `use`. */
function opened<T>(use: (database: Database) => T): T {
  const database = new Database(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

const shape = (database: Database) =>
  database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();
const version = (database: Database) => database.prepare("PRAGMA user_version").get()?.user_version;

it.each(MIGRATIONS.map((_, from) => from))(
  "a file of version %i becomes the same as a new one, and stays so",
  (from) => {
    opened((database) => migrate(database, MIGRATIONS.slice(0, from)));
    const migrated = opened((database) => {
      migrate(database);
      migrate(database);
      return shape(database);
    });
    rmSync(path);
    expect(
      opened((database) => {
        migrate(database);
        return shape(database);
      }),
    ).toEqual(migrated);
  },
);

it("a migration that fails leaves the file as it was", () => {
  const steps = ["CREATE TABLE one (a)", "CREATE TABLE two (a); INSERT INTO nowhere VALUES (1)"];
  opened((database) => {
    expect(() => migrate(database, steps)).toThrow(/nowhere/);
    expect(version(database)).toBe(1);
    expect(shape(database)).toHaveLength(1);
    migrate(database, [...steps.slice(0, 1), "CREATE TABLE two (b)"]);
    expect(version(database)).toBe(2);
  });
});

it("a file of a newer version, or of something else, is refused and left alone", () => {
  opened((database) => migrate(database, [...MIGRATIONS, "CREATE TABLE later (a)"]));
  opened((database) => {
    const before = shape(database);
    expect(() => migrate(database)).toThrow(SettingsError);
    expect(() => migrate(database)).toThrow(/newer version/);
    expect(shape(database)).toEqual(before);
  });
  rmSync(path);
  opened((database) => {
    database.exec("CREATE TABLE accounts (a)");
    expect(() => migrate(database)).toThrow(/not Homing's/);
  });
});
