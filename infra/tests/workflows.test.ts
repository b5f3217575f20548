/** The workflows run with rights that others must not get: what they run is pinned, and fetched before the rights. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(new URL(name, FOLDER), "utf8"),
}));
const deploy = workflows.find(({ name }) => name === "deploy.yml")?.text ?? "";
const publish = workflows.find(({ name }) => name === "publish.yml")?.text ?? "";

test.each(workflows)("$name names each action by the commit of a version", ({ text }) => {
  const uses = text.split("\n").filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(1);
  for (const line of uses) expect(line).toMatch(/ uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(workflows)("$name leaves no token for the repository on the disk", ({ text }) => {
  const [, ...checkouts] = text.split("actions/checkout@");
  expect(checkouts).toHaveLength(1);
  for (const step of checkouts) expect(step.split(/^ {6}- /m)[0]).toContain("persist-credentials: false");
});

test("only the jobs that deploy and publish may ask for credentials, and they write nothing in the repository", () => {
  const granted = workflows.flatMap(({ name, text }) =>
    [...text.matchAll(/^( *)([a-z-]+): (read|write)$/gm)].map(
      ([, indent = "", scope, right]) => `${name} ${indent.length === 2 ? "all" : "job"} ${scope}: ${right}`,
    ),
  );
  expect(granted.sort()).toEqual([
    "check.yml all contents: read",
    "deploy.yml job contents: read",
    "deploy.yml job id-token: write",
    "publish.yml job contents: read",
    "publish.yml job id-token: write",
    "publish.yml job id-token: write",
  ]);
  for (const text of [deploy, publish]) expect(text).toContain("\npermissions: {}\n");
});

test("no package runs code at its installation beside credentials, and nothing is downloaded after them", () => {
  const steps = deploy.split(/^ {6}- /m).slice(1);
  const credentials = steps.findIndex((step) => step.includes("configure-aws-credentials"));
  const installations = steps.flatMap((step, index) =>
    /npm (ci|install)|sst install/.test(step) ? [index] : [],
  );
  expect(installations).toHaveLength(2);
  for (const index of installations) expect(index).toBeLessThan(credentials);
  expect(deploy).toMatch(/run: npm ci --ignore-scripts$/m);
  expect(deploy).not.toMatch(/cache: npm|actions\/cache@/);
});

test("the jobs that publish run nothing of the repository: what they publish was packed by one without rights", () => {
  const [, packing = "", publishing = ""] = publish.split(/^ {2}pack:$|^ {2}publish:$/m);
  expect(packing).toContain("npm pack");
  expect(packing).not.toContain("id-token");
  expect(publishing).toContain("id-token: write");
  expect(publishing).not.toMatch(/npm (ci|install|run)|npx|pip|checkout/);
  expect(publishing).toMatch(/npm publish "\$tarball" --provenance --access public --ignore-scripts$/m);
});
