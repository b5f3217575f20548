/** What `npm run check` refuses, tried on planted files: circles, and imports across the boundaries of the house. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");

let house: string;

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), "homing-house-"));
  for (const file of ["biome.json", "types-only.grit", ".gitignore"])
    await cp(join(ROOT, file), join(house, file));
});
afterAll(() => rm(house, { recursive: true, force: true }));

/** The rules that the file breaks, as Biome names them. */
async function brokenBy(path: string, source: string, ...others: [string, string][]): Promise<string[]> {
  const files: [string, string][] = [[path, source], ...others];
  for (const [name, text] of files) {
    await mkdir(dirname(join(house, name)), { recursive: true });
    await writeFile(join(house, name), text);
  }
  const report = await new Promise<string>((resolve) => {
    const only = ["--only=suspicious/noImportCycles", "--only=style/noRestrictedImports", "--only=plugin"];
    execFile(process.execPath, [BIOME, "lint", "--reporter=json", ...only, path], { cwd: house }, (_e, out) =>
      resolve(out),
    );
  });
  await Promise.all(files.map(([name]) => rm(join(house, name))));
  const { diagnostics } = JSON.parse(report) as { diagnostics: { category: string }[] };
  return [...new Set(diagnostics.map(({ category }) => category))];
}

const BOUNDARY = ["lint/style/noRestrictedImports"];

it("refuses a circle, of types too", async () => {
  const circle = await brokenBy(
    "packages/core/src/a.ts",
    'import type { B } from "./b.ts";\nexport type A = { b?: B };\n',
    ["packages/core/src/b.ts", 'import type { A } from "./a.ts";\nexport type B = { a?: A };\n'],
  );
  expect(circle).toEqual(["lint/suspicious/noImportCycles"]);
});

it.each([
  ["core", "@homing/functions/services"],
  ["core", "../../functions/src/services.ts"],
  ["core", "@aws-sdk/client-sqs"],
  ["core", "hono"],
  ["core", "hono/tiny"],
  ["functions", "@homing/local/stack"],
  ["local", "@homing/proof/prove/explore"],
  ["local", "@homing/client/transport"],
  ["local", "@homing/server/serve"],
  ["server", "@homing/local/stack"],
  ["client", "@homing/core/clock"],
  ["cli", "@homing/functions/api/answers/message"],
  ["cli", "../../client/src/homing-client.ts"],
  ["web", "@homing/core/clock"],
  ["web", "@homing/local/stack"],
  ["proof", "../../core/src/clock.ts"],
])("refuses an import of packages/%s from %s", async (name, source) => {
  expect(await brokenBy(`packages/${name}/src/a.ts`, `import { x } from "${source}";\nx();\n`)).toEqual(
    BOUNDARY,
  );
});

it.each([
  "infra/api.ts",
  "infra/tests/a.test.ts",
  "packages/web/tests/a.test.ts",
  "packages/client/src/a.test.ts",
  "packages/cli/src/a.test.ts",
])("lets nothing import proof: %s", async (path) => {
  expect(await brokenBy(path, 'import { x } from "@homing/proof/prove/explore";\nx();\n')).toEqual(BOUNDARY);
});

it.each(["web", "client"])("lets packages/%s know functions by its types alone", async (name) => {
  const path = `packages/${name}/src/a.ts`;
  expect(
    await brokenBy(path, 'import type { App } from "@homing/functions/api/app";\nexport type A = App;\n'),
  ).toEqual([]);
  expect(await brokenBy(path, 'import { app } from "@homing/functions/api/app";\napp();\n')).toEqual([
    "plugin",
  ]);
  expect(await brokenBy(path, 'export const app = import("@homing/functions/api/app");\n')).toEqual([
    "plugin",
  ]);
});

it("refuses nothing that the house allows", async () => {
  expect(
    await brokenBy(
      "packages/cli/src/a.ts",
      'import { apiUrlOf } from "@homing/client/source/api-url";\napiUrlOf("");\n',
    ),
  ).toEqual([]);
  expect(
    await brokenBy("packages/functions/src/a.ts", 'import { x } from "@homing/core/clock";\nx();\n'),
  ).toEqual([]);
  expect(
    await brokenBy("packages/proof/src/a.ts", 'import { x } from "@homing/local/stack";\nx();\n'),
  ).toEqual([]);
  expect(
    await brokenBy("infra/a.ts", 'import { x } from "../packages/core/src/duration.ts";\nx();\n'),
  ).toEqual([]);
});
