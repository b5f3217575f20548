/** `@homing/client` as others get it: what the README shows compiles, and tools find nothing to say; that it runs: `programs.integration.test.ts`. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Installed, install } from "./testing/installed.ts";
import { programsOf } from "./testing/programs.ts";

const FOLDER = join(import.meta.dirname, "..");
const TOOLS = join(FOLDER, "../../node_modules/.bin");
const execute = promisify(execFile);

const README = readFileSync(join(FOLDER, "README.md"), "utf8");
const programs = programsOf(README);

let installed: Installed;
beforeAll(async () => {
  installed = await install(FOLDER);
}, 120_000);
afterAll(() => installed?.remove());

it.each([
  ["node16", "node16"],
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
])("its programs pass a strict compiler with modules %s, resolved as %s does", async (module, resolution) => {
  const files = await Promise.all(
    programs.map(async ({ name, code }) => {
      const file = join(installed.folder, `program-${resolution}-${name}.ts`);
      // All that they take from their surroundings.
      await writeFile(file, `declare const process: { env: Record<string, string | undefined> };\n${code}`);
      return file;
    }),
  );
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
  const types = ["--skipLibCheck", "false", "--types", "", "--target", "es2022", "--lib", "es2022,dom"];
  const modules = ["--module", module, "--moduleResolution", resolution];
  const compiling = execute(join(TOOLS, "tsc"), [...strict, ...types, ...modules, ...files], {
    cwd: installed.folder,
  });
  const said = await compiling.then(
    () => "",
    ({ stdout }) => stdout,
  );
  expect(said).toBe("");
});

it("the compiler refuses what the API would", async () => {
  const file = join(installed.folder, "wrong.ts");
  await writeFile(
    file,
    `import { HomingClient } from "@homing/client";
const homing = new HomingClient({ url: "http://127.0.0.1:3000", key: "" });
await homing.send({ targetURL: "https://example.com/hook" });
for await (const { status } of homing.list()) if (status === "LOST") break;
`,
  );
  const options = ["--strict", "--noEmit", "--module", "nodenext", "--types", "", "--lib", "es2022,dom"];
  const compiling = execute(join(TOOLS, "tsc"), [...options, file], { cwd: installed.folder });
  const said: string = await compiling.then(
    () => "",
    ({ stdout }) => stdout,
  );
  expect(said.match(/error TS\d+/g)).toEqual(["error TS2561", "error TS2367"]);
});

it("publint and Are The Types Wrong find nothing", async () => {
  const checks = [
    execute(join(TOOLS, "attw"), ["--profile", "esm-only", installed.tarball]),
    execute(join(TOOLS, "publint"), ["--strict", installed.tarball]),
  ];
  for (const { stdout } of await Promise.all(checks)) expect(stdout).toMatch(/🟢|All good!/);
});

it("needs no other package, and its source maps lead to sources that are there", async () => {
  const home = join(installed.folder, "node_modules/@homing/client");
  const manifest = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
  expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined]);
  const { sources } = JSON.parse(await readFile(join(home, "dist/homing-client.js.map"), "utf8"));
  expect(sources).toEqual(["../src/homing-client.ts"]);
  expect(await readFile(join(home, "src/homing-client.ts"), "utf8")).toContain("class HomingClient");
});
