/** The commands of the README run as they stand there, against a running stack. */
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

const commands = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, lines = ""]) =>
  lines.trim().split("\n"),
);

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

async function execute(script: string) {
  const env = { PATH: process.env.PATH ?? "", HOMING_URL: stack.url, HOMING_KEY: KEY };
  const child = spawn("sh", ["-e"], { cwd: FOLDER, env, stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.end(script.replaceAll(SHOWN_TARGET, `${receiver.url}/hook`));
  const [err, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { err, code };
}

it.each(commands)("%s", async (line) => {
  const script = line
    .replace(/^npx homing /, `"${process.execPath}" src/cli.ts `)
    .replace(/^npm run keys -- /, `"${process.execPath}" src/keys.ts `);
  expect(script).not.toBe(line);
  const { err, code } = await execute(script);
  expect([err.replace(/^.*shown this once.*$|^Nothing\.$/gm, "").trim(), code]).toEqual(["", 0]);
});
