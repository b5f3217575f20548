/** What people type at the scripts: `--help` explains each, a mistake is one line, and neither is a stack trace. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { loadLocalSettings } from "@homing/local/local-settings";
import { startReceiver } from "@homing/local/receiver";
import { startStack } from "@homing/local/stack";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const KEY = "an operator key for the tests";

const SCRIPTS = {
  start: "packages/local/src/start.ts",
  serve: "packages/server/src/serve.ts",
  backup: "packages/server/src/backup.ts",
  receiver: "packages/local/src/receiver.ts",
  demo: "packages/local/src/demo.ts",
  prove: "packages/proof/src/prove/prove.ts",
  soak: "packages/proof/src/soak/soak.ts",
  bench: "bench/bench.ts",
} as const;

type Name = keyof typeof SCRIPTS;

function run(
  name: Name,
  args: readonly string[],
  env = process.env,
): Promise<{ code: unknown; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPTS[name], ...args], { cwd: ROOT, env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

describe("a script", () => {
  it.each(Object.keys(SCRIPTS) as Name[])("%s explains itself", async (name) => {
    const { code, out, err } = await run(name, ["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: np[mx] /);
  });

  it.each<[Name, string[], RegExp]>([
    ["start", ["--port", "4000"], /^Unknown option '--port'/],
    ["start", ["now"], /^Unexpected argument 'now'/],
    ["serve", ["now"], /^Unexpected argument 'now'/],
    ["backup", [], /^Name one file to back up to\./],
    ["backup", ["--to", "x"], /^Unknown option '--to'/],
    ["receiver", ["--prot", "4000"], /^Unknown option '--prot'/],
    ["receiver", ["--port"], /^Option '--port <value>' argument missing/],
    ["receiver", ["--port", "four"], /^--port: "four" is not a whole number from 0 to 65,535\./],
    ["receiver", ["--status", "99"], /^--status: "99" is not a whole number from 200 to 599\./],
    ["receiver", ["--fail-rate", "30%"], /^--fail-rate: "30%" is not a number from 0 to 1\./],
    ["receiver", ["--delay", "soon"], /^--delay: "soon" is not a duration/],
    ["demo", ["--twice"], /^Unknown option '--twice'/],
    ["prove", ["--runs", "0"], /^--runs: "0" is not a whole number from 1/],
    ["prove", ["--runs", "many"], /^--runs: "many" is not a whole number/],
    ["prove", ["--sed", "1"], /^Unknown option '--sed'/],
    ["prove", ["--exhaustive", "lane"], /^--exhaustive: "lane" is none of expand, hold, order, all\./],
    ["prove", ["--exhaustive", "hold", "--part", "3"], /^--part: "3" is not a whole number from 1 to 2\./],
    ["soak", ["--minutes", "0"], /^--minutes: "0" is not a number above 0 to 1,440\./],
    ["soak", ["--rate", "1e9"], /^--rate: "1e9" is not a number above 0 to 100\./],
    ["soak", ["2"], /^Unexpected argument '2'/],
    ["bench", ["cpu", "cpus"], /^There is no row cpus; there are units, cpu, .* --help explains it\.$/m],
    ["bench", ["--runs", "1"], /^Unknown option '--runs'/],
  ])("%s says in one line what is wrong with %j", async (name, args, explanation) => {
    const { code, out, err } = await run(name, args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(explanation);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each(["start", "serve"] as const)(
    "%s names a variable that nobody reads, and the one that cannot be used",
    async (name) => {
      const { code, out, err } = await run(name, [], {
        PATH: process.env.PATH,
        HOMING_RETRY_SHEDULE: "5s",
        // Those of the command line and of a deployment may be there.
        HOMING_KEY: "hk_x",
        HOMING_DOMAIN: "homing.example.com",
        PORT: "http",
      });
      expect(err.split("\n")).toEqual([
        "HOMING_RETRY_SHEDULE: there is no such setting, so it has no effect; README.md lists them.",
        'PORT: "http" is not a port; write a number from 0 (any free port) to 65535.',
        "",
      ]);
      expect([code, out]).toEqual([1, ""]);
    },
  );

  it("says that the port of a receiver is in use", async () => {
    const other = await startReceiver();
    const { port } = new URL(other.url);
    const { code, err } = await run("receiver", ["--port", port]);
    await other.close();
    expect([code, err]).toEqual([1, `Port ${port} is in use; choose another one with --port.\n`]);
  });
});

it("the demo outlives a restart of its stack, and ends when it is told to", async () => {
  const settings = (port: string) =>
    loadLocalSettings({ PORT: port, HOMING_DATA_DIR: "memory", HOMING_OPERATOR_KEY: KEY });
  let stack = await startStack(settings("0"));
  const { port } = new URL(stack.url);
  const env = { PATH: process.env.PATH ?? "", PORT: port, HOMING_OPERATOR_KEY: KEY };
  const demo = spawn(process.execPath, [SCRIPTS.demo], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(demo, "exit");
  let said = "";
  for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (chunk) => (said += chunk));
  const hears = (words: string) => expect.poll(() => said, { timeout: 40_000 }).toContain(words);

  await hears("carrying on");
  await stack.stop();
  await hears("does not answer; waiting");
  stack = await startStack(settings(port));
  await hears("It is back.");
  demo.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  expect(said.match(/does not answer/g)).toHaveLength(1);
  await stack.stop();
});
