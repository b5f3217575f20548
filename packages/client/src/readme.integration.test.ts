/** The programs of the README run as they stand there, against a running stack. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { loadLocalSettings } from "@homing/local/local-settings";
import { type Stack, startStack } from "@homing/local/stack";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, expect, it } from "vitest";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const README = readFileSync(`${FOLDER}/README.md`, "utf8");
const KEY = "an operator key for the tests";
/** The one thing that is replaced: nobody is to receive our tests. */
const SHOWN_TARGET = "https://example.com/hook";

const programs = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""], index) => ({
  name: index + 1,
  code,
}));

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

async function execute(code: string) {
  const env = { PATH: process.env.PATH ?? "", HOMING_URL: stack.url, HOMING_KEY: KEY };
  const child = spawn(process.execPath, ["--input-type=module-typescript"], {
    cwd: FOLDER,
    env,
    stdio: "pipe",
  });
  child.stdin.end(code.replaceAll(SHOWN_TARGET, `${receiver.url}/hook`));
  const [out, err, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { out, err, exitCode };
}

it.each(programs)("program $name runs and prints what it says", async ({ code }) => {
  const { out, err, exitCode } = await execute(code);
  expect([err, exitCode]).toEqual(["", 0]);
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, words]) => words ?? "");
  for (const [index, words] of promised.entries()) {
    const pattern = words
      .split("…")
      .map((part) => RegExp.escape(part.trim()))
      .join("[\\s\\S]*");
    expect(out.split("\n").slice(index).join("\n")).toMatch(new RegExp(pattern));
  }
});
