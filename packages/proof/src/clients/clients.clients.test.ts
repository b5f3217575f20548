/**
 * What others make of `openapi.json`: clients that generators write from it load, send and understand the answers;
 * and schemathesis, which calls the running stack with all that the document allows and forbids, finds no difference.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadLocalSettings } from "@homing/local/local-settings";
import { type Stack, startStack } from "@homing/local/stack";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { HERE } from "./tools.ts";

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

/** Runs one of the tools in a folder; answers what it printed. @throws Error with all that it said. */
async function run(
  command: string,
  args: readonly string[],
  folder: string,
  env: Record<string, string> = {},
) {
  const given = {
    PATH: inject("toolsPath"),
    PYTHONDONTWRITEBYTECODE: "1",
    HOMING_URL: stack.url,
    HOMING_KEY: KEY,
    HOMING_RECEIVER: receiver.url,
    ...env,
  };
  return execute(command, args, { cwd: folder, env: given, maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => {
      throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
    },
  );
}

/** The document, as the stack serves it, in a file. */
async function documentIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "openapi.json");
  await writeFile(file, await (await fetch(`${stack.url}/v1/openapi.json`)).text());
  return file;
}

const received = (origin: string) => receiver.received.filter(({ body }) => body === `{"from":"${origin}"}`);

it("a Python client that openapi-python-client makes loads whole, sends and reads", async () => {
  const folder = join(inject("toolsFolder"), "python-client");
  const document = await documentIn(folder);
  const warnings = await run(
    "openapi-python-client",
    ["generate", "--path", document, "--output-path", join(folder, "made"), "--fail-on-warning"],
    folder,
  );
  expect(warnings).not.toMatch(/warning|error/i);
  const messageId = await run("python", [join(HERE, "send.py")], folder, {
    PYTHONPATH: join(folder, "made"),
  });
  expect(messageId).toMatch(/^msg_\w{26}\n$/);
  await expect.poll(() => received("python"), { timeout: 20_000 }).toHaveLength(1);
});

it("a TypeScript client of openapi-typescript and openapi-fetch passes a strict compiler, sends and reads", async () => {
  const folder = join(inject("toolsFolder"), "typescript-client");
  const document = await documentIn(folder);
  const tool = (name: string) => join(inject("toolsFolder"), "node_modules", ".bin", name);
  await run(tool("openapi-typescript"), [document, "--output", join(folder, "homing.d.ts")], folder);
  await copyFile(join(HERE, "send.ts.txt"), join(folder, "send.ts"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const strict = [
    "--strict",
    "--exactOptionalPropertyTypes",
    "--noEmit",
    "--target",
    "es2022",
    "--lib",
    "es2023,dom",
  ];
  const modules = ["--module", "nodenext", "--allowImportingTsExtensions"];
  await run(tool("tsc"), [...strict, ...modules, "send.ts"], folder);
  expect(await run(process.execPath, ["send.ts"], folder)).toMatch(/^msg_\w{26}\n$/);
  await expect.poll(() => received("typescript"), { timeout: 20_000 }).toHaveLength(1);
});

it("schemathesis finds nothing that the document does not say, and nothing let through that it forbids", async () => {
  const make = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await fetch(`${stack.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
  const { messageId = "" } = await make("/v1/messages", { targetUrl: receiver.url, deliverAt });
  const { endpointId = "" } = await make("/v1/endpoints", { url: receiver.url });
  const folder = join(inject("toolsFolder"), "schemathesis");
  await mkdir(folder, { recursive: true });
  // The same cases each time: what is found can be found again.
  const options = ["--seed", "1", "--no-color", "--workers", "1"];
  const report = await run(
    "schemathesis",
    ["--config-file", join(HERE, "schemathesis.toml"), "run", `${stack.url}/v1/openapi.json`, ...options],
    folder,
    {
      PYTHONPATH: HERE,
      SCHEMATHESIS_HOOKS: "schemathesis_hooks",
      HOMING_MESSAGE_ID: messageId,
      HOMING_ENDPOINT_ID: endpointId,
    },
  );
  // Every one that it has found, and it has found them.
  expect(report).toMatch(/Selected: +(\d{2})\/\1\s+Tested: +\1\n/);
});
