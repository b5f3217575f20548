/** What every command of the command line is made of. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import type { HomingClient } from "@homing/client/source/homing-client";
import { type Output, outputOf } from "./output.ts";
import { OUTPUT_FORMATS, type OutputFormat, outputFormatOf } from "./output-format.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** An option, and the values that it can have if they are known. */
type Option = ParseArgsOptionsConfig[string] & { readonly choices?: readonly string[] };
type Options = Readonly<Record<string, Option>>;
type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>["values"];

export interface Invocation<O extends Options> extends Output {
  /** Made once it is asked for: not every command needs a key. */
  readonly client: HomingClient;
  /** Where Homing is; undefined if the command line does not say. */
  readonly url: string | undefined;
  /** All of it but its outputs: what is printed goes through `show` and `note`. */
  readonly terminal: Omit<Terminal, "out" | "err">;
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  readonly format: OutputFormat;
  /** JSON instead of text for people. */
  readonly json: boolean;
}

export interface Command {
  readonly summary: string;
  /** By name, those of every command included. */
  readonly options: Options;
  /** What `--help` shows of it. */
  readonly help: string;
  run(
    args: readonly string[],
    connect: (url: string | undefined) => HomingClient,
    terminal: Terminal,
  ): Promise<ExitCode>;
}

const COMMON_OPTIONS = {
  json: { type: "boolean" },
  output: { type: "string", short: "o", choices: OUTPUT_FORMATS },
  url: { type: "string" },
} as const satisfies Options;

export function command<const O extends Options>(definition: {
  readonly summary: string;
  readonly usage: string;
  readonly options: O;
  /** One line each, besides the common ones. */
  readonly explanations: readonly string[];
  /**
   * Why `--url` is refused, by a command at which people would mean another URL by it: the key would be sent to the
   * host that they name.
   */
  readonly refusesUrl?: string;
  readonly run: (invocation: Invocation<O>) => Promise<ExitCode>;
}): Command {
  const { summary, usage, explanations, refusesUrl } = definition;
  const options = { ...definition.options, ...COMMON_OPTIONS };
  const { url: _, ...offered } = options;
  return {
    summary,
    options: refusesUrl === undefined ? options : offered,
    help: [
      `${summary}.`,
      "",
      `  ${usage}`,
      "",
      ...[
        ...explanations,
        "--output F, -o F  table (unless given), json: one document, or ndjson: one a line, as --json does",
        ...(refusesUrl === undefined
          ? ["--url URL         where Homing is; otherwise HOMING_URL, or the local stack"]
          : []),
      ].map((line) => `  ${line}`.trimEnd()),
    ].join("\n"),
    run: async (args, connect, terminal) => {
      const { values, positionals } = read(args, options);
      const common: { readonly url?: string; readonly json?: boolean; readonly output?: string } = values;
      if (refusesUrl !== undefined && common.url !== undefined) throw new UsageError(refusesUrl);
      const format = outputFormatOf(common.output, common.json);
      return definition.run({
        get client() {
          return connect(common.url);
        },
        url: common.url,
        terminal,
        values: values as Values<O>,
        positionals,
        format,
        json: format !== "table",
        ...outputOf(terminal, format),
      });
    },
  };
}

/** @throws UsageError for options nobody knows, and for those that are given twice and can have one value only. */
function read<O extends Options>(args: readonly string[], options: O) {
  const { values, positionals, tokens } = parse(args, options);
  const given = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { type, multiple = false } = options[token.name] ?? {};
    if (type === "string" && !multiple && given.has(token.name))
      throw new UsageError(`--${token.name} can be given once only.`);
    given.add(token.name);
  }
  return { values, positionals };
}

function parse<O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    // Node goes on with how to give such a word as an argument; no command takes one.
    throw new UsageError(
      String(error instanceof Error ? error.message : error).replace(/\. To specify .*/s, "."),
    );
  }
}

/** The one argument that a command needs. @throws UsageError */
export function onlyArgument(positionals: readonly string[], what: string): string {
  const [only, ...rest] = positionals;
  if (only === undefined) throw new UsageError(`${what} is missing.`);
  if (rest.length > 0)
    throw new UsageError(`Only one ${what.toLowerCase()} can be given, not "${rest.join(" ")}" too.`);
  return only;
}

export function noArguments(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`"${positionals.join(" ")}" cannot be used here.`);
}

/**
 * `name=value` or `name: value` pairs; `sameName` tells which names are one.
 *
 * @throws UsageError for what is no pair, and for a name that is given twice: only one of them could be sent.
 */
export function pairs(
  texts: readonly string[] = [],
  separator: "=" | ":",
  sameName: (name: string) => string = (name) => name,
): Record<string, string> | undefined {
  if (texts.length === 0) return undefined;
  const found = texts.map((text) => {
    const at = text.indexOf(separator);
    if (at < 1) throw new UsageError(`"${text}" is not a name, ${separator} and a value.`);
    return [text.slice(0, at).trim(), text.slice(at + 1).trim()] as const;
  });
  const names = new Set<string>();
  for (const [name] of found) {
    if (names.has(sameName(name))) throw new UsageError(`"${name}" is given twice; one value can be sent.`);
    names.add(sameName(name));
  }
  return Object.fromEntries(found);
}
