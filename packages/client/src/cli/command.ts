/** What every command of the command line is made of. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import type { HomingClient } from "../homing-client.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

type Options = ParseArgsOptionsConfig;
type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>["values"];

export interface Invocation<O extends Options> {
  readonly client: HomingClient;
  readonly terminal: Terminal;
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  /** One JSON document a line, instead of text for people. */
  readonly json: boolean;
}

export interface Command {
  readonly summary: string;
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
  url: { type: "string" },
} as const satisfies Options;

export function command<const O extends Options>(definition: {
  readonly summary: string;
  readonly usage: string;
  readonly options: O;
  /** One line each, besides the common ones. */
  readonly explanations: readonly string[];
  readonly run: (invocation: Invocation<O>) => Promise<ExitCode>;
}): Command {
  const { summary, usage, explanations } = definition;
  return {
    summary,
    help: [
      `${summary}.`,
      "",
      `  ${usage}`,
      "",
      ...[
        ...explanations,
        "--json            one JSON document a line",
        "--url URL         where Homing is; otherwise HOMING_URL, or the local stack",
      ].map((line) => `  ${line}`),
    ].join("\n"),
    run: async (args, connect, terminal) => {
      const options = { ...definition.options, ...COMMON_OPTIONS };
      const { values, positionals } = read(args, options);
      const { url, json }: { readonly url?: string; readonly json?: boolean } = values;
      return definition.run({
        client: connect(url),
        terminal,
        values: values as Values<O>,
        positionals,
        json: json === true,
      });
    },
  };
}

function read<O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
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

/** `name=value` or `name: value` pairs. @throws UsageError */
export function pairs(
  texts: readonly string[] = [],
  separator: "=" | ":",
): Record<string, string> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(separator);
      if (at < 1) throw new UsageError(`"${text}" is not a name, ${separator} and a value.`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

const DURATION = /^(\d+)(ms|s|m|h|d)$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a text such as `500ms` or `2h`. @throws UsageError */
export function durationOf(text: string, option: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined)
    throw new UsageError(`${option}: "${text}" is not a duration such as 500ms, 10s or 2h.`);
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** A time as it is written, or so long ago: `2h`. */
export function timeOption(text: string | undefined, now: number): string | undefined {
  if (text === undefined || !DURATION.test(text)) return text;
  return new Date(now - durationOf(text, "time")).toISOString();
}
