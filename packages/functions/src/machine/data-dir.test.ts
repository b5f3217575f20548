import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@homing/core/settings";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type DataDir, diskFull, openDataDir } from "./data-dir.ts";

let parent: string;
let path: string;
const open: DataDir[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "homing-data-dir-"));
  path = join(parent, "data");
});
afterEach(() => {
  for (const dataDir of open.splice(0)) dataDir.close();
  rmSync(parent, { recursive: true });
});

function opened(at = path): DataDir {
  const dataDir = openDataDir(at);
  open.push(dataDir);
  return dataDir;
}

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe("a data folder", () => {
  test("is made for this user alone", () => {
    opened();
    expect(modeOf(path)).toBe("700");
  });

  test("keeps each secret across restarts, readable by this user alone", () => {
    const first = opened();
    const operatorKey = first.secret("operator-key");
    const master = first.secret("signing-master");
    first.close();
    open.pop();

    const second = opened();
    expect(second.secret("operator-key")).toBe(operatorKey);
    expect(second.secret("signing-master")).toBe(master);
    expect(operatorKey).toMatch(/^[0-9a-f]{64}$/);
    expect(master).not.toBe(operatorKey);
    for (const name of ["operator-key", "signing-master", "lock"])
      expect(modeOf(join(path, name))).toBe("600");
  });

  test("is refused to a second stack in one line that says why", () => {
    opened();
    expect(() => openDataDir(path)).toThrow(
      new SettingsError(
        `HOMING_DATA_DIR: another Homing is running on the folder ${path}; stop it, or choose another folder.`,
      ),
    );
  });

  test("is free again after a clean end", () => {
    openDataDir(path).close();
    expect(() => opened()).not.toThrow();
  });

  test("is free again after its stack was killed", async () => {
    const module = JSON.stringify(new URL("./data-dir.ts", import.meta.url).href);
    // Kept, as the stack keeps it: the lock goes with the garbage, too.
    const script = `const { openDataDir } = await import(${module}); globalThis.kept = openDataDir(${JSON.stringify(path)});
      process.stdout.write("open"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    expect(() => openDataDir(path)).toThrow(/another Homing is running/);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(() => opened()).not.toThrow();
  });

  test("that is a file, or cannot be written, is refused in one line", () => {
    writeFileSync(path, "");
    expect(() => openDataDir(path)).toThrow(
      /^HOMING_DATA_DIR: the folder \S+ cannot be used \(it is a file\)\.$/,
    );
    expect(() => openDataDir(join(path, "below"))).toThrow(/^HOMING_DATA_DIR: .*it is a file.*\.$/);
    // No folder can be made there, not even by root.
    expect(() => openDataDir("/proc/homing")).toThrow(
      /^HOMING_DATA_DIR: the folder \/proc\/homing cannot be used \(.+\)\.$/,
    );
  });

  test("with a damaged secret is refused rather than used with a weak one", () => {
    const dataDir = opened();
    writeFileSync(join(path, "operator-key"), "short\n");
    expect(() => dataDir.secret("operator-key")).toThrow(
      /^HOMING_DATA_DIR: .*operator-key holds no secret; delete it/,
    );
  });

  test("takes a key that somebody put there, and closes it to others", () => {
    const dataDir = opened();
    const file = join(path, "operator-key");
    writeFileSync(file, "a key of at least 24 characters\n");
    chmodSync(file, 0o644);
    expect(dataDir.secret("operator-key")).toBe("a key of at least 24 characters");
    expect(modeOf(file)).toBe("600");
  });
});

describe("in memory", () => {
  test("nothing is written, and a secret stays the same until the end", () => {
    const before = readdirSync(".");
    const dataDir = openDataDir("memory");
    expect(dataDir.folder("dynamodb")).toBeUndefined();
    expect(dataDir.secret("operator-key")).toMatch(/^[0-9a-f]{64}$/);
    expect(dataDir.secret("operator-key")).toBe(dataDir.secret("operator-key"));
    expect(dataDir.secret("operator-key")).not.toBe(dataDir.secret("signing-master"));
    expect(readdirSync(".")).toEqual(before);
  });

  test("any number of stacks run side by side, each with secrets of its own", () => {
    expect(openDataDir("memory").secret("operator-key")).not.toBe(
      openDataDir("memory").secret("operator-key"),
    );
  });
});

test("a secret's file holds the secret and nothing else", () => {
  const secret = opened().secret("operator-key");
  expect(readFileSync(join(path, "operator-key"), "utf8")).toBe(`${secret}\n`);
});

test("an error on a full disk is said to be that, whatever words the store has for it", () => {
  expect(diskFull("/data", new Error("disk I/O error\n    at a trace"), 4_096)).toBe(
    "the disk of the folder /data is full (disk I/O error); make room and start again: what was accepted is kept.",
  );
  expect(diskFull("/data", new Error("disk I/O error"), 1_000_000_000)).toBeUndefined();
});
