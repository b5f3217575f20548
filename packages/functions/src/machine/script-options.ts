/** What is given to a script on its command line. `--help` explains it; what it cannot be is one line and exit code 2. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** A command line that cannot be understood; the message is one line. */
export class OptionError extends Error {
  override name = "OptionError";
}

export interface Script<O extends ParseArgsOptionsConfig> {
  /** Begins with how it is called; shown by `--help`. */
  readonly help: string;
  readonly options: O;
  /** What may stand beside the options, such as names; nothing unless it is true. */
  readonly takesArguments?: boolean;
}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

/**
 * What the script makes of its options. Ends the process if there is nothing to run: after `--help` with 0, and with 2
 * if `read` or the parser throws an OptionError.
 */
export function scriptOptions<const O extends ParseArgsOptionsConfig, T>(
  script: Script<O>,
  read: (values: Values<O>, given: readonly string[]) => T,
  args: readonly string[] = process.argv.slice(2),
): T {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(script.help);
    process.exit(0);
  }
  try {
    const { values, positionals } = parse(script, args);
    return read(values as Values<O>, positionals);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`${error.message} --help explains it.\n`);
    process.exit(2);
  }
}

function parse<O extends ParseArgsOptionsConfig>(script: Script<O>, args: readonly string[]) {
  const { options, takesArguments = false } = script;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: takesArguments });
  } catch (error) {
    // Node's own explanation has more than one sentence; the first says what is wrong.
    const [reason = ""] = String(error instanceof Error ? error.message : error).split(/\. |\n/);
    throw new OptionError(`${reason.replace(/\.$/, "")}.`);
  }
}

/** @throws OptionError for what is no number, or none of this range. */
export function numberOption(
  name: string,
  text: string | undefined,
  { above, least = above, most, whole = false }: NumberRange,
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const isInside = value >= (least ?? -Infinity) && value !== above && value <= most;
  if (isInside && (!whole || Number.isInteger(value))) return value;
  const low = above === undefined ? `from ${least}` : `above ${above}`;
  throw new OptionError(
    `--${name}: "${text}" is not a ${whole ? "whole " : ""}number ${low} to ${most.toLocaleString("en")}.`,
  );
}

export interface NumberRange {
  /** Not this one itself. */
  readonly above?: number;
  readonly least?: number;
  readonly most: number;
  readonly whole?: boolean;
}
