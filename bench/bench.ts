/** `npm run bench`: one table of targets and results. How each row is measured: bench/README.md. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { OptionError, scriptOptions } from "@homing/functions/machine/script-options";
import type { Finding, Row } from "./row.ts";
import { backlog } from "./rows/backlog.ts";
import { cold } from "./rows/cold.ts";
import { cpu } from "./rows/cpu.ts";
import { events } from "./rows/events.ts";
import { fair } from "./rows/fair.ts";
import { order } from "./rows/order.ts";
import { scale } from "./rows/scale.ts";
import { serve } from "./rows/serve.ts";
import { stack } from "./rows/stack.ts";
import { units } from "./rows/units.ts";
import { web } from "./rows/web.ts";
import { worker } from "./rows/worker.ts";

const ROWS: readonly Row[] = [
  units,
  cpu,
  worker,
  stack,
  serve,
  events,
  order,
  cold,
  scale,
  fair,
  backlog,
  web,
];
const NAMES = ROWS.map(({ name }) => name).join(", ");
const HELP = `Usage: npm run bench [-- NAME …]

Measures, and writes one table of targets and results, and bench/results.json. Exit code 1 if a target is missed or a
row cannot be measured. All rows take about 20 minutes on a quiet machine with two cores.

  NAME         only these rows: ${NAMES}

How each is measured: bench/README.md.
`;
const RESULTS = new URL("./results.json", import.meta.url);

interface Results {
  [row: string]: {
    readonly at: string;
    readonly machine: string;
    readonly findings: readonly Finding[];
  };
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** @throws OptionError for a row that does not exist. */
function chosen(names: readonly string[]): readonly Row[] {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) throw new OptionError(`There is no row ${unknown.join(", ")}; there are ${NAMES}.`);
  return names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name));
}

/** Rows that were not run keep what was last found. */
async function previousResults(): Promise<Results> {
  return readFile(RESULTS, "utf8").then(
    (text) => JSON.parse(text) as Results,
    () => ({}),
  );
}

/** After every row: a run takes long, and may be ended. */
async function writeResults(results: Results): Promise<void> {
  const inOrder = ROWS.flatMap(({ name }) => (results[name] ? [[name, results[name]]] : []));
  await writeFile(RESULTS, `${JSON.stringify(Object.fromEntries(inOrder), undefined, 2)}\n`);
}

function table(rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function verdict({ met }: Finding): string {
  if (met === undefined) return "";
  return met ? "met" : "MISSED";
}

async function main(): Promise<void> {
  const rows = scriptOptions({ help: HELP, options: {}, takesArguments: true }, (_, names) => chosen(names));
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model ?? "unknown"}, Node ${process.version}`;
  const results = await previousResults();
  const lines: string[][] = [];
  for (const row of rows) {
    process.stderr.write(`${row.name} …\n`);
    let findings: readonly Finding[];
    try {
      findings = await row.run();
    } catch (error) {
      // The others need not lack what this one lacks.
      process.stderr.write(
        `${row.name} could not be measured: ${error instanceof Error ? error.stack : error}\n`,
      );
      process.exitCode = 1;
      continue;
    }
    results[row.name] = { at: new Date().toISOString(), machine, findings };
    for (const finding of findings)
      lines.push([row.name, finding.what, finding.target, finding.result, verdict(finding)]);
    await writeResults(results);
  }
  print(table([["row", "what", "target", "result", ""], ...lines]));
  if (lines.some((line) => line.at(-1) === "MISSED")) process.exitCode = 1;
}

await main();
