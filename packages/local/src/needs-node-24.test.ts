/** What somebody meets whose npm ran no install scripts, so that the machine's own, older Node runs the scripts. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const OLD_NODE = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.20.2"})`;

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

const folders = ["", ...readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}`)];
const manifests = folders.map((folder) => ({
  folder,
  manifest: JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest,
}));
const tools = manifests.flatMap(({ folder, manifest }) =>
  Object.values(manifest.bin ?? {}).map((file) => join(ROOT, folder, file)),
);

function runOnOldNode(...args: string[]) {
  return spawnSync(process.execPath, ["--import", OLD_NODE, ...args], { cwd: ROOT, encoding: "utf8" });
}

const ONE_LINE = /^Homing needs Node 24 or newer, and this is 20\.20\.2\.[^\n]*npm rebuild node[^\n]*\n$/;

it("on an older Node a script says in one line what to do, and exits with 1", () => {
  const { status, stdout, stderr } = runOnOldNode(
    "--import",
    "./needs-node-24.mjs",
    "packages/local/src/start.ts",
    "--help",
  );
  expect(stderr).toMatch(ONE_LINE);
  expect([status, stdout]).toEqual([1, ""]);
});

it("so does `npx homing`", () => {
  expect(tools).not.toEqual([]);
  for (const file of tools) {
    expect(file).toMatch(/\.mjs$/);
    const { status, stderr } = runOnOldNode(file, "--help");
    expect(stderr).toMatch(ONE_LINE);
    expect(status).toBe(1);
  }
});

it("every script that runs TypeScript looks at its Node first", () => {
  const commands = manifests.flatMap(({ manifest }) =>
    Object.values(manifest.scripts ?? {}).flatMap((script) => script.split("&&")),
  );
  const running = commands.filter((command) => /\bnode\b.*\.ts\b/.test(command));
  expect(running.length).toBeGreaterThan(5);
  for (const command of running) {
    expect(command).toMatch(/\bnode (?:--[\w-]+=\S+ )*--import (\.\.\/\.\.|\.)\/needs-node-24\.mjs /);
  }
});
