/** `@homing/client`, packed and installed, on what people run it on besides the Node of this repository. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleExercise } from "@homing/client/source/testing/bundle-exercise";
import { EXPECTED } from "@homing/client/source/testing/exercise";
import { type Installed, install } from "@homing/client/source/testing/installed";
import { expectPrinted, programsOf, toReceiver } from "@homing/client/source/testing/programs";
import { KEY } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type OneOfBoth, startBoth } from "./installations.ts";

const CLIENT = fileURLToPath(new URL("../../../client", import.meta.url));
const execute = promisify(execFile);

const { local, server } = startBoth();
let receiver: Receiver;
let installed: Installed;
beforeAll(async () => {
  installed = await install(CLIENT);
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver?.close();
  await installed?.remove();
});

const tool = (path: string) => join(inject("toolsFolder"), "node_modules", path);

const RUNTIMES = {
  "Node 22": [tool("node-22/bin/node")],
  "Node 26": [tool("node-26/bin/node")],
  Deno: [
    tool(".bin/deno"),
    "run",
    "--no-prompt",
    "--allow-env",
    "--allow-net=127.0.0.1",
    "--node-modules-dir=manual",
  ],
  Bun: [tool(".bin/bun"), "run"],
} as const;
type Runtime = keyof typeof RUNTIMES;
const names = Object.keys(RUNTIMES) as Runtime[];

/** Runs a TypeScript program where the package is installed; answers what it printed. */
async function run(homing: OneOfBoth, runtime: Runtime, name: string, code: string): Promise<string> {
  const [command, ...args] = RUNTIMES[runtime];
  const file = join(installed.folder, name);
  await writeFile(file, code);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: installed.folder,
    HOMING_URL: homing.url,
    HOMING_KEY: KEY,
  };
  const { stdout, stderr } = await execute(command, [...args, file], { cwd: installed.folder, env });
  expect(stderr).toBe("");
  return stdout;
}

const programs = programsOf(readFileSync(join(CLIENT, "README.md"), "utf8"));
const TYPESCRIPT = ["Node 26", "Deno", "Bun"] as const;

describe.each([local, server])("on $name", (homing) => {
  const surroundings = () => JSON.stringify({ url: homing.url, key: KEY, target: `${receiver.url}/hook` });

  it.each(names)("sends, reads, is refused and verifies on %s", async (runtime) => {
    const code = `${await bundleExercise(installed.folder)}\nconsole.log(JSON.stringify(await exercise(${surroundings()})));\n`;
    expect(JSON.parse(await run(homing, runtime, "exercise.mjs", code))).toEqual(EXPECTED);
  });

  it.each(TYPESCRIPT.flatMap((runtime) => programs.map((program) => ({ runtime, ...program }))))(
    "program $name of the README runs on $runtime, and prints what it says",
    async ({ runtime, name, code }) => {
      const stdout = await run(homing, runtime, `program-${name}.ts`, toReceiver(code, receiver.url));
      expectPrinted(stdout, code);
    },
  );

  it("sends, reads, is refused and verifies in workerd, which Cloudflare's workers run on", async () => {
    const worker = `${await bundleExercise(installed.folder)}
export default {
  async test() {
    const said = JSON.stringify(await exercise(${surroundings()}));
    if (said !== ${JSON.stringify(JSON.stringify(EXPECTED))}) throw new Error(said);
  },
};`;
    await writeFile(join(installed.folder, "worker.js"), worker);
    const config = join(installed.folder, "worker.capnp");
    await writeFile(config, WORKERD_CONFIG);
    await execute(tool(".bin/workerd"), ["test", config], { cwd: installed.folder });
  });
});

/** Its outgoing requests may go to this machine. https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
const WORKERD_CONFIG = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["local"])),
  ],
);

const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
);
`;
