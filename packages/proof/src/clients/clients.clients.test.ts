/**
 * What others make of `openapi.json`: clients that generators write from it load, send and understand the answers;
 * and schemathesis, which calls with all that the document allows and forbids, finds no difference. On both stacks.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { KEY } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type OneOfBoth, startBoth } from "./installations.ts";
import { HERE } from "./tools.ts";

const execute = promisify(execFile);

const { local, server } = startBoth();
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

/** Runs one of the tools in a folder; answers what it printed. @throws Error with all that it said. */
async function run(
  command: string,
  args: readonly string[],
  folder: string,
  env: Record<string, string> = {},
) {
  const given = { PATH: inject("toolsPath"), PYTHONDONTWRITEBYTECODE: "1", ...env };
  return execute(command, args, { cwd: folder, env: given, maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => {
      throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
    },
  );
}

/** Where a producer sends, and to whom. */
const surroundings = (homing: OneOfBoth) => ({
  HOMING_URL: homing.url,
  HOMING_KEY: KEY,
  HOMING_RECEIVER: `${receiver.url}/${new URL(homing.url).port}`,
});

/** A message of `send.py` or `send.ts.txt` that has arrived. */
const delivered = (homing: OneOfBoth, from: string) =>
  expect
    .poll(() => receiver.received, { timeout: 20_000 })
    .toContainEqual(
      expect.objectContaining({ path: `/${new URL(homing.url).port}`, body: `{"from":"${from}"}` }),
    );

/** The document, as it is served, in a file. */
async function documentIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "openapi.json");
  await writeFile(file, await (await fetch(`${local.url}/v1/openapi.json`)).text());
  return file;
}

describe("a Python client that openapi-python-client makes", () => {
  const folder = join(inject("toolsFolder"), "python-client");
  beforeAll(async () => {
    const options = ["--path", await documentIn(folder), "--output-path", join(folder, "made")];
    const said = await run("openapi-python-client", ["generate", ...options, "--fail-on-warning"], folder);
    expect(said).not.toMatch(/warning|error/i);
  });

  it.each([local, server])("loads whole, sends and reads on $name", async (homing) => {
    const env = { ...surroundings(homing), PYTHONPATH: join(folder, "made") };
    expect(await run("python", [join(HERE, "send.py")], folder, env)).toMatch(/^msg_\w{26}\n$/);
    await delivered(homing, "python");
  });
});

describe("a TypeScript client of openapi-typescript and openapi-fetch", () => {
  const folder = join(inject("toolsFolder"), "typescript-client");
  beforeAll(async () => {
    const document = await documentIn(folder);
    const tool = (name: string) => join(inject("toolsFolder"), "node_modules", ".bin", name);
    await run(tool("openapi-typescript"), [document, "--output", join(folder, "homing.d.ts")], folder);
    await copyFile(join(HERE, "send.ts.txt"), join(folder, "send.ts"));
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noEmit"];
    const modules = ["--module", "nodenext", "--allowImportingTsExtensions"];
    const language = ["--target", "es2022", "--lib", "es2023,dom"];
    await run(tool("tsc"), [...strict, ...modules, ...language, "send.ts"], folder);
  });

  it.each([local, server])("passes a strict compiler, sends and reads on $name", async (homing) => {
    const said = await run(process.execPath, ["send.ts"], folder, surroundings(homing));
    expect(said).toMatch(/^msg_\w{26}\n$/);
    await delivered(homing, "typescript");
  });
});

// Each time the same cases: what is found can be found again. On one machine others, and fewer.
it.each([
  { homing: local, cases: ["--seed", "1"] },
  { homing: server, cases: ["--seed", "2", "--max-examples", "5"] },
])(
  "schemathesis finds nothing that the document does not say, and nothing let through that it forbids, on $homing.name",
  async ({ homing, cases }) => {
    const make = async (path: string, body: object): Promise<Record<string, string>> => {
      const answer = await fetch(`${homing.url}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Record<string, string>;
    };
    const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
    const { messageId = "" } = await make("/v1/messages", { targetUrl: receiver.url, deliverAt });
    const { endpointId = "" } = await make("/v1/endpoints", { url: receiver.url });
    const folder = join(inject("toolsFolder"), "schemathesis", new URL(homing.url).port);
    await mkdir(folder, { recursive: true });
    const options = [...cases, "--no-color", "--workers", "1"];
    const report = await run(
      "schemathesis",
      ["--config-file", join(HERE, "schemathesis.toml"), "run", `${homing.url}/v1/openapi.json`, ...options],
      folder,
      {
        ...surroundings(homing),
        PYTHONPATH: HERE,
        SCHEMATHESIS_HOOKS: "schemathesis_hooks",
        HOMING_MESSAGE_ID: messageId,
        HOMING_ENDPOINT_ID: endpointId,
      },
    );
    // Every one that it has found, and it has found them.
    expect(report).toMatch(/Selected: +(\d{2})\/\1\s+Tested: +\1\n/);
  },
);
