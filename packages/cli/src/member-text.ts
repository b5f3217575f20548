/** A string, a character that structures JSON, or a number or word. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * The text of one member of a JSON object, as it is written: parsed and printed again, long numbers lose digits, and
 * names that look like numbers their place. `json` is JSON, and the name is written without escapes.
 */
export function memberText(json: string, name: string): string | undefined {
  let depth = 0;
  let before = "";
  let start: number | undefined;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (depth === 1 && start !== undefined && (token === "," || token === "}"))
      return json.slice(start, index).trim();
    if (depth === 1 && token === ":" && before === `"${name}"`) start = index + 1;
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    before = token;
  }
  return undefined;
}
