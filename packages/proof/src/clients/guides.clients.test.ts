/** The programs of the guides in Python; those in a shell and in TypeScript are in `guides.integration.test.ts`. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { promises } from "../guides/expected.ts";
import { ROOT, readGuides, typedIn } from "../guides/guide-programs.ts";
import { readOnNewStack } from "../guides/new-stack.ts";

const guides = readGuides();
const env = {
  PATH: [join(ROOT, "node_modules/node/bin"), inject("toolsPath")].join(delimiter),
  PYTHONPATH: join(ROOT, "clients/python/src"),
  PYTHONDONTWRITEBYTECODE: "1",
};

describe.each(guides)("$name", (guide) => {
  it("runs in Python, and prints what is shown", async () => {
    const { printed, errors, exitCode } = await readOnNewStack(guide, "python", env);
    expect([errors, exitCode]).toEqual(["", 0]);
    for (const [step, code] of typedIn(guide, "python").entries())
      for (const pattern of promises(code)) expect(printed[step]).toMatch(pattern);
  });
});

it("the programs pass a strict type checker", async () => {
  const files = await Promise.all(
    guides.flatMap(({ name, steps }, index) => {
      const typed = steps.flatMap(({ programs: { python } }) =>
        python?.use === "typed" ? [python.code] : [],
      );
      const kept = steps.flatMap(({ programs: { python } }) => (python?.use === "file" ? [python.code] : []));
      return [typed.join("\n"), ...kept].map(async (code, number) => {
        const file = join(inject("toolsFolder"), `guide_${index}_${number}.py`);
        await writeFile(file, `# ${name}\n${code}`);
        return file;
      });
    }),
  );
  const options = ["--strict", "--no-error-summary", "--cache-dir", "/dev/null"];
  const said: string = await promisify(execFile)("mypy", [...options, ...files], { env }).then(
    () => "",
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
  expect(said).toBe("");
});
