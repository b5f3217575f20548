/** Where SST takes variables from, and which place wins: docs/deploy.md says so, and SST's own documentation does not. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT } from "../testing/platform.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homing-env-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Says what it was given, and so ends before SST has asked AWS for anything. */
const CONFIG = `export default $config({
  app() {
    throw new Error("given: " + ["IN_ALL", "IN_STAGE_AND_SHELL", "IN_SHELL_AND_ENV", "IN_ENV"].map((name) => name + "=" + process.env[name]).join(" "));
  },
  async run() {},
});
`;

test(".env.STAGE over the shell over .env, also where it sets a variable to nothing", () => {
  writeFileSync(join(folder, "sst.config.ts"), CONFIG);
  writeFileSync(join(folder, ".env"), "IN_ALL=env\nIN_SHELL_AND_ENV=env\nIN_ENV=env\n");
  writeFileSync(join(folder, ".env.production"), "IN_ALL=stage\nIN_STAGE_AND_SHELL=\n");
  const { stdout, stderr } = spawnSync(
    join(ROOT, "node_modules", ".bin", "sst"),
    ["diff", "--stage", "production", "--print-logs"],
    {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: `${join(ROOT, "node_modules", "node", "bin")}:${process.env.PATH}`,
        HOME: folder,
        SST_SKIP_DEPENDENCY_CHECK: "1",
        SST_TELEMETRY_DISABLED: "1",
        NO_BUN: "1",
        IN_ALL: "shell",
        IN_STAGE_AND_SHELL: "shell",
        IN_SHELL_AND_ENV: "shell",
      },
    },
  );
  expect(`${stdout}${stderr}`).toContain(
    "Error: given: IN_ALL=stage IN_STAGE_AND_SHELL= IN_SHELL_AND_ENV=shell IN_ENV=env\\n",
  );
});
