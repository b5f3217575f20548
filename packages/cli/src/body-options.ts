/** The body of what is sent, as options. */
import { readFile } from "node:fs/promises";
import { InvalidArgumentError, JsonText } from "@homing/client/source/homing-client";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { utf8Of } from "./utf8.ts";

export const BODY_OPTIONS = {
  data: { type: "string", short: "d" },
  text: { type: "string" },
  file: { type: "string" },
} as const;

export const BODY_EXPLANATIONS = [
  "--data JSON       the body, as JSON; - reads it from standard input",
  "--text TEXT       the body, as plain text",
  "--file PATH       the body, as JSON from a file",
];

interface BodyValues {
  readonly data?: string | undefined;
  readonly text?: string | undefined;
  readonly file?: string | undefined;
}

/** Without a body, nothing. @throws UsageError */
export async function bodyOf(
  { data, text, file }: BodyValues,
  terminal: Pick<Terminal, "stdin">,
): Promise<{ body?: unknown }> {
  if ([data, text, file].filter((one) => one !== undefined).length > 1)
    throw new UsageError("Give one of --data, --text and --file.");
  if (text !== undefined) return { body: text };
  if (file !== undefined) return { body: jsonBody(utf8Of(await readBodyFile(file), file), file) };
  if (data === undefined) return {};
  return {
    body: jsonBody(data === "-" ? utf8Of(await terminal.stdin(), "standard input") : data, "--data"),
  };
}

async function readBodyFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch {
    throw new UsageError(`--file: "${path}" cannot be read.`);
  }
}

/** As it is written, digit for digit. */
function jsonBody(text: string, source: string): JsonText {
  try {
    return new JsonText(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${source}: is not JSON; use --text for plain text.`);
  }
}
