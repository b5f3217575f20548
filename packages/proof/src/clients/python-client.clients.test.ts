/** The Python client of this repository: its wheel is built, installed, and tested on both stacks. */
import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { KEY } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startBoth } from "./installations.ts";

const PROJECT = join(import.meta.dirname, "../../../../clients/python");
const execute = promisify(execFile);

const { local, server } = startBoth();
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

/** Runs one of the tools in the project's folder; answers what it printed. @throws Error with all that it said. */
async function run(command: string, args: readonly string[], given: Record<string, string> = {}) {
  const env = {
    PATH: inject("toolsPath"),
    PYTHONDONTWRITEBYTECODE: "1",
    RUFF_NO_CACHE: "true",
    MYPY_CACHE_DIR: "/dev/null",
    ...given,
  };
  return execute(command, args, { cwd: PROJECT, env }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => {
      throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
    },
  );
}

it("is formatted, and neither a linter nor a strict type checker finds anything", async () => {
  await run("ruff", ["check"]);
  await run("ruff", ["format", "--check"]);
  await run("mypy", ["src", "tests", "generate.py"]);
});

describe("installed from its wheel", () => {
  beforeAll(async () => {
    const wheels = join(inject("toolsFolder"), "wheels");
    await mkdir(wheels, { recursive: true });
    const building = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels];
    await run("pip", ["wheel", ...building, "."]);
    const [wheel = ""] = await readdir(wheels);
    await run("pip", ["install", "--quiet", "--no-deps", "--force-reinstall", join(wheels, wheel)]);
  });

  /** Those that talk to Homing; what a type checker finds and which signatures verify depends on none. */
  const TALKING = ["tests/test_readme.py::test_runs_and_prints_what_it_says", "tests/test_stack.py"];
  it.each([
    { homing: local, tests: ["tests"], count: /^\d{3} passed in /m },
    { homing: server, tests: TALKING, count: /^\d{2} passed in /m },
  ])(
    "it passes its tests, and the programs of its README run, on $homing.name",
    async ({ homing, tests, count }) => {
      const path = `/${new URL(homing.url).port}`;
      const report = await run("python", ["-m", "pytest", ...tests], {
        HOMING_URL: homing.url,
        HOMING_KEY: KEY,
        HOMING_RECEIVER: `${receiver.url}${path}`,
      });
      expect(report).toMatch(count);
      expect(receiver.received).toContainEqual(
        expect.objectContaining({ path, body: '{"order":42,"paid":true}' }),
      );
      // Far more than it takes: a busy machine must not decide.
    },
    600_000,
  );
});
