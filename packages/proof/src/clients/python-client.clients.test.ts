/** The Python client of this repository: its wheel is built, installed, and tested on a running stack. */
import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadLocalSettings } from "@homing/local/local-settings";
import { type Stack, startStack } from "@homing/local/stack";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, expect, inject, it } from "vitest";

const PROJECT = join(import.meta.dirname, "../../../../clients/python");
const KEY = "an operator key for the tests";
const execute = promisify(execFile);

let stack: Stack;
let receiver: Receiver;
beforeAll(async () => {
  stack = await startStack(
    loadLocalSettings({ PORT: "0", HOMING_DATA_DIR: "memory", HOMING_OPERATOR_KEY: KEY }),
  );
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await stack.stop();
});

/** Runs one of the tools in the project's folder; answers what it printed. @throws Error with all that it said. */
async function run(command: string, ...args: string[]) {
  const env = {
    PATH: inject("toolsPath"),
    PYTHONDONTWRITEBYTECODE: "1",
    RUFF_NO_CACHE: "true",
    MYPY_CACHE_DIR: "/dev/null",
    HOMING_URL: stack.url,
    HOMING_KEY: KEY,
    HOMING_RECEIVER: `${receiver.url}/hook`,
  };
  return execute(command, args, { cwd: PROJECT, env }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => {
      throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
    },
  );
}

it("is formatted, and neither a linter nor a strict type checker finds anything", async () => {
  await run("ruff", "check");
  await run("ruff", "format", "--check");
  await run("mypy", "src", "tests", "generate.py");
});

it("installed from its wheel it passes its tests, and the programs of its README run", async () => {
  const wheels = join(inject("toolsFolder"), "wheels");
  await mkdir(wheels, { recursive: true });
  await run("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ".");
  const [wheel = ""] = await readdir(wheels);
  await run("pip", "install", "--quiet", "--no-deps", "--force-reinstall", join(wheels, wheel));
  const report = await run("python", "-m", "pytest", "tests");
  expect(report).toMatch(/^\d{3} passed in /m);
  expect(receiver.received.some(({ body }) => body === '{"order":42,"paid":true}')).toBe(true);
  // Far more than it takes: a busy machine must not decide.
}, 600_000);
