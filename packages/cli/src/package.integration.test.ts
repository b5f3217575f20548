/** `homing` as others get it: the commands of the README run as they stand there, against a running Homing. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { type Installed, install, nodeVersions } from "@homing/client/source/testing/installed";
import { type Installation, KEY, startInstallation } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "..");
const PUBLINT = join(FOLDER, "../../node_modules/.bin/publint");
/** The one thing that is replaced: nobody is to receive our tests. */
const SHOWN_TARGET = "https://example.com/hook";
/** What a command says besides its result, though all is well. */
const HINTS =
  /^.*shown this once.*$|^.*shows what its receiver verifies with.$|^Nothing\.$|^Told of the newest .*$/gm;

const README = readFileSync(join(FOLDER, "README.md"), "utf8");
const lines = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
  block.trim().split("\n"),
);
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

const environment = () => ({ PATH: process.env.PATH ?? "", HOMING_URL: homing.url, HOMING_KEY: KEY });

async function execute(script: string) {
  const child = spawn("sh", ["-e"], {
    cwd: installed.folder,
    env: environment(),
    stdio: ["pipe", "ignore", "pipe"],
  });
  child.stdin.end(script.replaceAll(SHOWN_TARGET, `${receiver.url}/hook`));
  const [err, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { err: err.replace(HINTS, "").trim(), code };
}

const ofHoming = lines.filter((line) => line.startsWith("npx homing "));
const ofKeys = lines.filter((line) => line.startsWith("npm run keys -- "));

it("shows nothing but commands that are tried here", () => {
  expect(ofHoming.length).toBeGreaterThan(5);
  expect([...ofHoming, ...ofKeys].sort()).toEqual([...lines].sort());
});

it.each(nodes.flatMap(({ version, path }) => ofHoming.map((line) => ({ line, version, path }))))(
  "$line, installed, on Node $version",
  async ({ line, path }) => {
    const command = `"${path}" "${installed.folder}/node_modules/.bin/homing" `;
    expect(await execute(line.replace("npx homing ", command))).toEqual({ err: "", code: 0 });
  },
);

it.each(ofKeys)("%s", async (line) => {
  const command = `"${process.execPath}" "${FOLDER}/src/keys.ts" `;
  expect(await execute(line.replace("npm run keys -- ", command))).toEqual({ err: "", code: 0 });
});

it("needs no other package, and publint finds nothing", async () => {
  const manifest = JSON.parse(
    await readFile(join(installed.folder, "node_modules/homing/package.json"), "utf8"),
  );
  expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined]);
  const { stdout } = await promisify(execFile)(PUBLINT, ["--strict", installed.tarball]);
  expect(stdout).toContain("All good!");
});
