/** Evaluates each stage once, for all test files of the project. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleProgram, evaluate, type StageToEvaluate } from "./evaluate.ts";
import type { StageLabel } from "./evaluated.ts";
import { ensurePlatform } from "./platform.ts";

const STAGES: Readonly<Record<StageLabel, StageToEvaluate>> = {
  personal: { stage: "ada", dev: false, env: {} },
  production: {
    stage: "production",
    dev: false,
    env: {
      HOMING_DOMAIN: "homing.example.com",
      HOMING_ALARM_EMAIL: "operators@example.com",
      HOMING_PORTAL_ORIGINS: "https://app.example.com,https://*.example.org",
    },
  },
  dev: { stage: "ada", dev: true, env: {} },
};

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await ensurePlatform();
  const folder = await mkdtemp(join(tmpdir(), "homing-evaluated-"));
  const bundle = await bundleProgram();
  const evaluateAndStore = async (label: StageLabel): Promise<void> => {
    await writeFile(join(folder, `${label}.json`), JSON.stringify(await evaluate(bundle, STAGES[label])));
  };
  try {
    // Two processes for two cores.
    await Promise.all([evaluateAndStore("production"), evaluateAndStore("personal")]);
    await evaluateAndStore("dev");
  } finally {
    await rm(bundle);
  }
  provide("evaluatedStages", folder);
  return () => rm(folder, { recursive: true });
}
