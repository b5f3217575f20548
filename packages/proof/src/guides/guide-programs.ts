/** What the guides show: programs in three languages, and what they print. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../../..");
const GUIDES = join(ROOT, "docs/guides");

export const LANGUAGES = ["sh", "ts", "python"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Behind the fence of a command that goes on running while the reader carries on. */
const BESIDE = "in another terminal";

export interface Program {
  /** How it is used: typed where the reader is, run beside that, or kept in a file. */
  readonly use: "typed" | "beside" | "file";
  readonly fileName: string;
  readonly code: string;
}

/** What stands side by side; a language may be missing. */
export interface Step {
  readonly programs: Readonly<Partial<Record<Language, Program>>>;
  /** JSON that the page shows behind it. */
  readonly answer?: string;
}

export interface Guide {
  readonly name: string;
  readonly steps: readonly Step[];
}

export function readGuides(): Guide[] {
  return readdirSync(GUIDES)
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => ({ name: file, steps: stepsOf(readFileSync(join(GUIDES, file), "utf8")) }))
    .filter(({ steps }) => steps.length > 0);
}

export function stepsOf(markdown: string): Step[] {
  const steps: Array<{ programs: Partial<Record<Language, Program>>; answer?: string }> = [];
  let end = -1;
  for (const fence of markdown.matchAll(/^```(\w+)(?: ([^\n]*))?\n([\s\S]*?)^```$/gm)) {
    const [text, word = "", label = "", code = ""] = fence;
    const before = markdown.slice(Math.max(end, 0), fence.index).trim();
    end = fence.index + text.length;
    const latest = steps.at(-1);
    if (word === "json" && latest !== undefined) {
      latest.answer ??= code;
      continue;
    }
    const language = LANGUAGES.find((one) => one === word);
    if (language === undefined) continue;
    const use = label === "" ? "typed" : label === BESIDE ? "beside" : "file";
    const program = { use, fileName: use === "file" ? label : "", code } as const;
    if (latest === undefined || before !== "" || latest.programs[language] !== undefined)
      steps.push({ programs: { [language]: program } });
    else latest.programs[language] = program;
  }
  return steps;
}

/** The page's own program in a language: all that is typed, one after the other. */
export function typedIn({ steps }: Guide, language: Language): string[] {
  return steps.map(({ programs }) => {
    const program = programs[language];
    return program?.use === "typed" ? program.code : "";
  });
}
