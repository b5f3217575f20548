/** The only way from a command to the terminal: whatever is printed is made visible here. */
import { styleText } from "node:util";
import type { OutputFormat } from "./output-format.ts";
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
  /** Items as they come, at most `limit`: as JSON, or as rows whose columns line up. Answers how many there were. */
  showAll<T>(
    items: AsyncIterable<T> | Iterable<T>,
    rowOf: (item: T) => readonly Cell[],
    limit?: number,
  ): Promise<number>;
  /** A line that is not the result: a hint. */
  note(text: string): void;
}

/** Rows that are lined up together: what comes later than these is not waited for. */
const ROWS_TOGETHER = 100;

export function outputOf(
  terminal: Pick<Terminal, "out" | "err" | "isInteractive">,
  format: OutputFormat,
): Output {
  const { out, isInteractive } = terminal;
  return {
    show: (answer, linesOf) => {
      if (format !== "table") return out(visibleJson(answer));
      for (const line of linesOf(answer)) {
        const cells = typeof line === "string" ? [line] : line;
        out(
          cells
            .filter((cell) => cell !== "")
            .map((cell) => textOf(cell, isInteractive))
            .join("  "),
        );
      }
    },
    showAll: async (items, rowOf, limit = Number.POSITIVE_INFINITY) => {
      const documents: string[] = [];
      const table = new Table((row) => out(row), isInteractive);
      let count = 0;
      try {
        for await (const item of items) {
          if (format === "table") table.add(rowOf(item));
          else if (format === "ndjson") out(visibleJson(item));
          else documents.push(visibleJson(item));
          count += 1;
          if (count === limit) break;
        }
      } finally {
        // What has come is shown, whatever went wrong afterwards.
        table.flush();
      }
      if (format === "json") out(`[${documents.join(",\n")}]`);
      return count;
    },
    note: (text) => terminal.err(visible(text)),
  };
}

/** A column is as wide as the widest cell that it had so far. */
class Table {
  readonly #out: (row: string) => void;
  readonly #colours: boolean;
  readonly #widths: number[] = [];
  #rows: Array<readonly Cell[]> = [];

  constructor(out: (row: string) => void, colours: boolean) {
    this.#out = out;
    this.#colours = colours;
  }

  add(row: readonly Cell[]): void {
    this.#rows.push(row);
    if (this.#rows.length === ROWS_TOGETHER) this.flush();
  }

  flush(): void {
    for (const row of this.#rows)
      for (const [at, cell] of row.entries())
        this.#widths[at] = Math.max(this.#widths[at] ?? 0, textOf(cell, false).length);
    for (const row of this.#rows) this.#out(this.#textOf(row));
    this.#rows = [];
  }

  /** Columns that are empty everywhere are left out, and nothing is filled up at the end. */
  #textOf(row: readonly Cell[]): string {
    const last = row.findLastIndex((cell) => textOf(cell, false) !== "");
    return row
      .slice(0, last + 1)
      .flatMap((cell, at) => {
        const width = this.#widths[at] ?? 0;
        if (width === 0) return [];
        const padding = at === last ? "" : " ".repeat(width - textOf(cell, false).length);
        return [`${textOf(cell, this.#colours)}${padding}`];
      })
      .join("  ");
  }
}

function textOf(cell: Cell, colours: boolean): string {
  if (typeof cell === "string") return visible(cell);
  const text = visible(cell.text);
  return colours ? styleText(cell.style, text, { validateStream: false }) : text;
}
