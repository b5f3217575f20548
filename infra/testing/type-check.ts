import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensurePlatform, ROOT } from "./platform.ts";

const PROJECTS = ["infra/tsconfig.json", "infra/tsconfig.tests.json"];

/** What the compiler complains about; empty if nothing. */
export async function checkTypes(): Promise<string> {
  await ensurePlatform();
  const outputs = await Promise.all(
    PROJECTS.map(async (project) => {
      try {
        await promisify(execFile)(join(ROOT, "node_modules", ".bin", "tsc"), ["-p", project], { cwd: ROOT });
        return "";
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    }),
  );
  return outputs.join("").trim();
}
