import { UsageError } from "./usage-error.ts";

/** For people; as one JSON document; as JSON documents, one a line. */
export const OUTPUT_FORMATS = ["table", "json", "ndjson"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** `--json` is short for `--output ndjson`. @throws UsageError */
export function outputFormatOf(output: string | undefined, json = false): OutputFormat {
  const format = OUTPUT_FORMATS.find((one) => one === (output ?? (json ? "ndjson" : "table")));
  if (format === undefined)
    throw new UsageError(`--output: "${output}" is none of ${OUTPUT_FORMATS.join(", ")}.`);
  if (json && format !== "ndjson") throw new UsageError(`--json is ndjson, and --output asks for ${format}.`);
  return format;
}
