/** Everything in the repository has one version, and the changelog knows it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = ["", ...readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}/`)].map(
  (folder) => JSON.parse(read(`${folder}package.json`)) as Manifest,
);
const [{ version } = { version: "" }] = manifests;

it("all packages have it, and need it of each other", () => {
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const own = new Set(manifests.map(({ name }) => name));
  for (const { dependencies, devDependencies, ...manifest } of manifests) {
    const needed = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => own.has(name));
    expect([manifest.version, ...needed.map(([, wanted]) => wanted)]).toEqual(
      Array.from({ length: needed.length + 1 }, () => version),
    );
  }
});

it("so has the Python client", () => {
  expect(/^version = "(.*)"$/m.exec(read("clients/python/pyproject.toml"))?.[1]).toBe(version);
});

it("the changelog tells what is in it, below what is not released", () => {
  const sections = [...read("CHANGELOG.md").matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(sections.slice(0, 2)).toEqual(["Unreleased", version]);
});
