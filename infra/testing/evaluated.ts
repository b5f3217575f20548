/** What the global set-up found out about each stage. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import type { Evaluation } from "./graph.ts";

/** `dev` is the personal stage under `sst dev`. */
export type StageLabel = "personal" | "production" | "dev";

declare module "vitest" {
  interface ProvidedContext {
    readonly evaluatedStages: string;
  }
}

export function evaluated(label: StageLabel): Evaluation {
  return JSON.parse(readFileSync(join(inject("evaluatedStages"), `${label}.json`), "utf8")) as Evaluation;
}
