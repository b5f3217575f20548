/** The numbers of the documents that the code decides, or `npm run bench` has measured. */
import { readFileSync } from "node:fs";
import { type StageSettings, stageSettings } from "../../infra/stage.ts";

/** What one call or step uses, as DynamoDB Local reports it. */
export interface Use {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly reads: number;
}

export interface Finding {
  readonly what: string;
  readonly target: string;
  readonly result: string;
  readonly met?: boolean;
  readonly values: Readonly<Record<string, unknown>>;
}

export type Results = Readonly<Record<string, { readonly findings: readonly Finding[] }>>;

export const results = JSON.parse(
  readFileSync(new URL("../results.json", import.meta.url), "utf8"),
) as Results;

/** The use of a step of the `units` row, by the name that it has there. */
export function useOf(step: string): Use {
  const found = results.units?.findings.at(-1)?.values[step];
  if (found === undefined) throw new Error(`bench/results.json has no step "${step}".`);
  return found as Use;
}

/** Write units of a message with a body of 1 KiB, from its acceptance to its delivery at the first attempt. */
export const writeUnitsOfMessage = useOf("accept, 1 KiB").writeUnits + useOf("deliver, 1 KiB").writeUnits;

/** … and of each attempt that has to be repeated. */
export const writeUnitsOfRepetition = useOf("attempt that is repeated within 15 minutes").writeUnits;

export const stages = {
  production: stageSettings({ name: "production", dev: false, env: {} }),
  other: stageSettings({ name: "ada", dev: false, env: {} }),
  dev: stageSettings({ name: "ada", dev: true, env: {} }),
} satisfies Record<string, StageSettings>;
