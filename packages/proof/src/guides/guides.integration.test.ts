/** Every program of the guides runs, in the order of its page, and prints what the page says. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Installed, install } from "@homing/client/source/testing/installed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answers, isShown, promises } from "./expected.ts";
import { LANGUAGES, ROOT, readGuides, typedIn } from "./guide-programs.ts";
import { readOnNewStack } from "./new-stack.ts";

const guides = readGuides();

let installed: Installed;
beforeAll(async () => {
  installed = await install(join(ROOT, "packages/client"));
}, 120_000);
afterAll(() => installed?.remove());

const PATH = [join(ROOT, "node_modules/node/bin"), process.env.PATH].join(delimiter);

it("every guide shows each of its programs in all languages", () => {
  const missing = guides.flatMap(({ name, steps }) =>
    steps.flatMap(({ programs }, step) =>
      // What is kept in a file is not for a shell.
      Object.values(programs).some(({ use }) => use === "file")
        ? []
        : LANGUAGES.filter((language) => programs[language] === undefined).map(
            (language) => `${name}, step ${step + 1}: ${language}`,
          ),
    ),
  );
  expect(missing).toEqual([]);
});

describe.each(guides)("$name", (guide) => {
  it("runs in a shell, and Homing answers what is shown", async () => {
    const { printed, errors, exitCode } = await readOnNewStack(guide, "sh", { PATH }, installed.folder);
    expect([errors, exitCode]).toEqual(["", 0]);
    for (const [step, { answer, programs }] of guide.steps.entries()) {
      if (programs.sh?.use === "typed")
        for (const pattern of promises(programs.sh.code)) expect(printed[step]).toMatch(pattern);
      if (answer === undefined) continue;
      const shown = JSON.parse(answer);
      const actual = answers(printed[step] ?? "");
      // The first is shown where none fits, to be compared.
      if (!actual.some((one) => isShown(shown, one))) expect(actual[0]).toEqual(shown);
    }
  });

  it("runs in TypeScript, and prints what is shown", async () => {
    const folder = installed.folder;
    const { printed, errors, exitCode } = await readOnNewStack(guide, "ts", { PATH }, folder);
    expect([errors, exitCode]).toEqual(["", 0]);
    for (const [step, code] of typedIn(guide, "ts").entries())
      for (const pattern of promises(code)) expect(printed[step]).toMatch(pattern);
  });
});

it("the programs in TypeScript pass a strict compiler", async () => {
  const files = await Promise.all(
    guides.flatMap((guide) => {
      const kept = guide.steps.flatMap(({ programs: { ts } }) => (ts?.use === "file" ? [ts.code] : []));
      return [typedIn(guide, "ts").join("\n"), ...kept].map(async (code, index) => {
        const file = join(installed.folder, `${guide.name.replace(".md", "")}-${index}.ts`);
        await writeFile(file, `${code}\nexport {};\n`);
        return file;
      });
    }),
  );
  const options = ["--strict", "--noUncheckedIndexedAccess", "--noEmit", "--module", "nodenext"];
  const types = ["--typeRoots", join(ROOT, "node_modules/@types"), "--types", "node"];
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const said: string = await promisify(execFile)(tsc, [...options, ...types, ...files], {
    cwd: installed.folder,
  }).then(
    () => "",
    ({ stdout }) => stdout,
  );
  expect(said).toBe("");
});
