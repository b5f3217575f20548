/** What the README shows of `@homing/client` runs where it is installed, and prints what it says. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Installation, KEY, startInstallation } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Installed, install, nodeVersions } from "./testing/installed.ts";
import { expectPrinted, programsOf, toReceiver } from "./testing/programs.ts";

const FOLDER = join(import.meta.dirname, "..");

const programs = programsOf(readFileSync(join(FOLDER, "README.md"), "utf8"));
const nodes = await nodeVersions();

let installed: Installed;
let homing: Installation;
let receiver: Receiver;
beforeAll(async () => {
  installed = await install(FOLDER);
  homing = await startInstallation();
  receiver = await startReceiver();
}, 120_000);
afterAll(async () => {
  await receiver?.close();
  await homing?.stop();
  await installed?.remove();
});

const runs = nodes.flatMap(({ version, path }) =>
  programs.map(({ name, code }) => ({ name, code, version, path })),
);

it.each(runs)("program $name runs on Node $version and prints what it says", async ({ code, path }) => {
  const script = join(installed.folder, "program.mjs");
  // An older Node does not skip types.
  await writeFile(script, transformSync(toReceiver(code, receiver.url), { loader: "ts" }).code);
  const env = { PATH: "", HOMING_URL: homing.url, HOMING_KEY: KEY };
  const { stdout, stderr } = await promisify(execFile)(path, [script], { cwd: installed.folder, env });
  expect(stderr).toBe("");
  expectPrinted(stdout, code);
});
