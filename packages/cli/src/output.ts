/** The only way from a command to the terminal: whatever is printed is made visible here. */
import { styleText } from "node:util";
import type { Terminal } from "./terminal.ts";
import { visible, visibleJson } from "./visible-text.ts";

type Style = Parameters<typeof styleText>[0];

/** Text as it came; with a style where colours are wanted. */
export type Cell = string | { readonly text: string; readonly style: Style };

/** What stands on one line, two spaces apart; empty cells are left out. */
export type Line = string | readonly Cell[];

export interface Output {
  /** What Homing answered: as one JSON document, or in lines for people. */
  show<T>(answer: T, linesOf: (answer: T) => readonly Line[]): void;
  /** A line that is not the result: a hint. */
  note(text: string): void;
}

export function outputOf(terminal: Pick<Terminal, "out" | "err" | "isInteractive">, json: boolean): Output {
  return {
    show: (answer, linesOf) => {
      if (json) return terminal.out(visibleJson(answer));
      for (const line of linesOf(answer)) terminal.out(textOf(line, terminal.isInteractive));
    },
    note: (text) => terminal.err(visible(text)),
  };
}

function textOf(line: Line, colours: boolean): string {
  const cells = typeof line === "string" ? [line] : line;
  return cells
    .filter((cell) => typeof cell !== "string" || cell !== "")
    .map((cell) => {
      if (typeof cell === "string") return visible(cell);
      const text = visible(cell.text);
      return colours ? styleText(cell.style, text, { validateStream: false }) : text;
    })
    .join("  ");
}
