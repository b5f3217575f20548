/** Runs one command line, and turns whatever goes wrong into a line and an exit code. */
import { HomingClient, HomingError, InvalidArgumentError } from "@homing/client/source/homing-client";
import type { Command } from "./command.ts";
import { connectionOf } from "./connection.ts";
import { EXIT, type ExitCode, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { visible } from "./visible-text.ts";

export interface CommandLine {
  readonly name: string;
  readonly about: string;
  /** A command may be a command line of its own, such as `homing endpoints`. */
  readonly commands: Readonly<Record<string, Command | CommandLine>>;
}

const EXIT_CODES =
  "Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 Homing is unreachable or busy, worth repeating.";

export async function run(line: CommandLine, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    (name === undefined ? terminal.err : terminal.out)(overview(line));
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  const command = commandOf(line, name);
  if (!command) {
    terminal.err(`${line.name}: there is no "${visible(name)}".\n\n${overview(line)}`);
    return EXIT.usage;
  }
  if ("commands" in command) return run(command, rest, terminal);
  if (rest.includes("--help") || rest.includes("-h")) {
    terminal.out(command.help);
    return EXIT.done;
  }
  const connect = (url: string | undefined) => new HomingClient(connectionOf(terminal.env, url));
  try {
    return await command.run(rest, connect, terminal);
  } catch (error) {
    if (terminal.signal.aborted) return EXIT.done;
    return explain(error, `${line.name} ${name}`, terminal);
  }
}

export function commandOf({ commands }: CommandLine, name: string): Command | CommandLine | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

function overview({ name, about, commands }: CommandLine): string {
  const width = Math.max(...Object.keys(commands).map((command) => command.length));
  return [
    about,
    "",
    ...Object.entries(commands).map(
      ([command, one]) => `  ${name} ${command.padEnd(width)}  ${summaryOf(one)}`,
    ),
    "",
    `${name} COMMAND --help explains a command. ${EXIT_CODES}`,
  ].join("\n");
}

export function summaryOf(command: Command | CommandLine): string {
  return "commands" in command ? command.about.replace(/\.$/, "") : command.summary;
}

function explain(error: unknown, command: string, terminal: Terminal): ExitCode {
  if (error instanceof UsageError || error instanceof InvalidArgumentError) {
    terminal.err(`${command}: ${visible(error.message)}\n${command} --help explains it.`);
    return EXIT.usage;
  }
  if (!(error instanceof HomingError)) throw error;
  const id = error.correlationId === undefined ? "" : ` (correlation id ${error.correlationId})`;
  terminal.err(visible(`${command}: ${error.message}${id}`));
  return error.retryable || error.status === undefined ? EXIT.temporary : EXIT.failed;
}
