/** The numbers of the documents are those of the code and of bench/results.json. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDuration } from "../../packages/core/src/duration.ts";
import { DEFAULT_SETTINGS, LOCAL_DEFAULTS, loadSettings } from "../../packages/core/src/settings.ts";
import { variablesOf } from "../../packages/core/src/variables.ts";
import { withParts } from "./markdown.ts";
import { deployParts, performanceParts } from "./parts.ts";
import { STATEMENTS } from "./statements.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (document: string) => readFileSync(join(ROOT, document), "utf8");

describe("generated parts", () => {
  it.each([
    ["docs/performance.md", performanceParts],
    ["docs/deploy.md", deployParts],
  ])("of %s are as the code makes them", async (document, parts) => {
    await expect(withParts(read(document), parts)).toMatchFileSnapshot(join(ROOT, document));
  });
});

it.each(STATEMENTS)("%s says: %s", (document, words) => {
  // Where a line is broken is nobody's business.
  expect(read(document).replaceAll(/\s+/g, " ")).toContain(words);
});

it.each([
  "README.md",
  "docs/deploy.md",
  "docs/runbook.md",
  "docs/guarantees.md",
  "docs/delivery.md",
  "docs/events.md",
  "docs/debugging.md",
])(
  "%s leaves prices and limits to docs/performance.md, but for what it says of something that is not deployed",
  (document) => {
    const own = read(document)
      .replaceAll(/<!-- (\w+): [\s\S]*?<!-- end of \1 -->/g, "")
      .replaceAll(/^## Static egress addresses$[\s\S]*?^## /gm, "");
    expect(own.match(/^.*(?:\$\d|write units|messages\/s).*$/gm) ?? []).toEqual([]);
  },
);

describe("the settings in README.md", () => {
  const rows = [...read("README.md").matchAll(/^\| (`[A-Z_`, ]+`) \|.*\| (.*) \|$/gm)].flatMap(
    ([, names = "", defaults = ""]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => ({ name, defaults })),
  );
  const everywhere: readonly string[] = variablesOf("everywhere");
  const named = rows.map(({ name }) => name).filter((name) => name.startsWith("HOMING_"));

  it("are those that a local stack reads, each once", () => {
    expect(named.sort()).toEqual(variablesOf("everywhere", "by the dashboard", "locally").sort());
  });

  it("have the defaults of the code, on AWS and locally", () => {
    const NONE = Number.POSITIVE_INFINITY;
    for (const { name, defaults } of rows.filter(({ name }) => everywhere.includes(name))) {
      const [onAws = "", locally = onAws] = defaults
        .split(", locally ")
        .map((text) => text.replaceAll("`", ""));
      const env = (text: string) => ({ [name]: text === "none" ? "" : text });
      expect([name, loadSettings(env(onAws), DEFAULT_SETTINGS, NONE)]).toEqual([name, DEFAULT_SETTINGS]);
      expect([name, loadSettings(env(locally), LOCAL_DEFAULTS, NONE)]).toEqual([name, LOCAL_DEFAULTS]);
    }
    const interval = rows.find(({ name }) => name === "HOMING_RECONCILE_INTERVAL")?.defaults ?? "";
    expect(parseDuration(interval)).toBe(LOCAL_DEFAULTS.reconcileIntervalMs);
  });

  it("are those of `npm start -- --help`, with the same defaults", () => {
    const help = [...read("packages/local/src/start.ts").matchAll(/^ {2}(HOMING_\w+) .* \((.*)\)$/gm)];
    expect(help.map(([, name]) => name).sort()).toEqual(
      variablesOf("everywhere", "by the dashboard", "locally").sort(),
    );
    for (const [, name = "", text = ""] of help.filter(([, name]) => everywhere.includes(name ?? ""))) {
      const settings = loadSettings({ [name]: text }, LOCAL_DEFAULTS, Number.POSITIVE_INFINITY);
      expect([name, settings]).toEqual([name, LOCAL_DEFAULTS]);
    }
  });

  it("are those of `npm run serve -- --help` too, with the defaults of AWS and some of its own", () => {
    const help = [...read("packages/server/src/serve.ts").matchAll(/^ {2}(HOMING_\w+) /gm)];
    const expected = variablesOf("everywhere", "by the dashboard", "locally", "on one machine");
    // One file has no shards of its own.
    const own = expected.filter((name) => name !== "HOMING_SHARDS");
    expect(help.map(([, name]) => name).sort()).toEqual(own.sort());
    const table = read("docs/one-machine.md").split("## Settings")[1]?.split("\n## ")[0];
    for (const name of variablesOf("locally", "on one machine")) expect(table).toContain(`| \`${name}\` |`);
  });

  it("stand in docs/deploy.md too, with what becomes of each on AWS", () => {
    const deploy = read("docs/deploy.md");
    const table = deploy.slice(deploy.indexOf("## Settings"), deploy.indexOf("## Stages"));
    for (const name of [...rows.map((row) => row.name), ...variablesOf("on AWS")])
      expect(table).toContain(`\`${name}\``);
  });
});

it("links between documents lead to headings that exist", () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-");
  const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "bench/README.md"].concat(
    ["debugging", "delivery", "deploy", "guarantees", "one-machine", "performance", "runbook"].map(
      (name) => `docs/${name}.md`,
    ),
  );
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([, path = "", anchor]) => {
        const target = path === "" ? document : join(document, "..", path);
        if (!existsSync(join(ROOT, target))) return [`${document}: ${path}`];
        if (anchor === undefined || !target.endsWith(".md")) return [];
        const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => slug(heading));
        return headings.includes(anchor) ? [] : [`${document}: ${path}#${anchor}`];
      },
    ),
  );
  expect(broken).toEqual([]);
});
