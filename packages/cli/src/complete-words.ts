import type { Command } from "./command.ts";
import { type CommandLine, commandOf } from "./main.ts";

/** What the last of the words may become; nothing if that is not known. The words are those behind the name. */
export function completionsOf(line: CommandLine, words: readonly string[]): string[] {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? "";
  let known: Command | CommandLine = line;
  for (const [at, word] of before.entries()) {
    if (!("commands" in known)) return ofCommand(known, before.slice(at), typed);
    const next = commandOf(known, word);
    if (next === undefined) return [];
    known = next;
  }
  if (!("commands" in known)) return ofCommand(known, [], typed);
  return beginningWith(typed, [...Object.keys(known.commands), "--help"]);
}

function ofCommand({ options }: Command, before: readonly string[], typed: string): string[] {
  const inOne = /^--([\w-]+)=(.*)$/.exec(typed);
  if (inOne) {
    const [, name = "", value = ""] = inOne;
    return beginningWith(value, choicesOf(options, name)).map((one) => `--${name}=${one}`);
  }
  const waiting = optionOf(options, before.at(-1) ?? "");
  if (waiting !== undefined && options[waiting]?.type === "string")
    return beginningWith(typed, choicesOf(options, waiting));
  if (!typed.startsWith("-")) return [];
  const given = new Set(before.map((word) => optionOf(options, word)));
  const open = Object.entries(options).filter(
    ([name, { multiple }]) => multiple === true || !given.has(name),
  );
  return beginningWith(typed, [...open.map(([name]) => `--${name}`), "--help"]);
}

type Options = Command["options"];

function choicesOf(options: Options, name: string): readonly string[] {
  return Object.hasOwn(options, name) ? (options[name]?.choices ?? []) : [];
}

/** The name of an option by a word of the command line. */
function optionOf(options: Options, word: string): string | undefined {
  const long = /^--([\w-]+)/.exec(word)?.[1];
  if (long !== undefined) return Object.hasOwn(options, long) ? long : undefined;
  return Object.keys(options).find((name) => word === `-${options[name]?.short}`);
}

/** In whatever case it is typed: so the commands take it, too. */
function beginningWith(typed: string, candidates: readonly string[]): string[] {
  return candidates.filter((one) => one.toLowerCase().startsWith(typed.toLowerCase()));
}
