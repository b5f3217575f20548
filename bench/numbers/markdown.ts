/** The little Markdown that generated parts of the documents need. */

type Cells = readonly string[];

export function table(head: Cells, rows: readonly Cells[]): string {
  const line = (cells: Cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A number as the documents write it: 4,000. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A number of which two digits are known: 3,076 is about 3,100. */
export function about(value: number): string {
  return count(Number(value.toPrecision(2)));
}

export function dollars(value: number): string {
  return value.toFixed(2);
}

const begin = (name: string) => `<!-- ${name}: written by npx vitest run --project unit numbers -u -->`;
const end = (name: string) => `<!-- end of ${name} -->`;

/**
 * `document` with each part between its two comments made anew.
 *
 * @throws Error if a part has no place in the document, or a place no part.
 */
export function withParts(document: string, parts: Readonly<Record<string, string>>): string {
  let text = document;
  for (const [name, part] of Object.entries(parts)) {
    const [before, rest, ...more] = text.split(begin(name));
    const [, after, ...evenMore] = rest?.split(end(name)) ?? [];
    if (before === undefined || after === undefined || more.length + evenMore.length > 0)
      throw new Error(`The document has not exactly one place for "${name}".`);
    text = `${before}${begin(name)}\n\n${part}\n\n${end(name)}${after}`;
  }
  const places = document.match(/<!-- end of /g)?.length ?? 0;
  if (places !== Object.keys(parts).length)
    throw new Error("The document has a place for which there is no part.");
  return text;
}
