/**
 * JSON indented as it was written: 12345678901234567890, 1.0 and the order of names stay, which they would not if it
 * were parsed and printed again.
 */

/** A string, a character that structures JSON, or a number or word. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** Two spaces to a level. @throws SyntaxError if the text is not JSON. */
export function prettyJson(text: string): string {
  JSON.parse(text);
  const parts: string[] = [];
  let depth = 0;
  let before = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const isFirst = before === "{" || before === "[";
    const isEnd = token === "}" || token === "]";
    if (isEnd) depth -= 1;
    if (before === ":") parts.push(" ");
    // Nothing stands between the brackets of what is empty.
    else if (before === "," || isFirst !== isEnd) parts.push(`\n${"  ".repeat(depth)}`);
    parts.push(token);
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return parts.join("");
}

/** Without white space between its tokens. */
export function compactJson(text: string): string {
  return [...text.matchAll(TOKEN)].map(([token]) => token).join("");
}

const BODY = '\n  "body": ';

/** The body of a message that `prettyJson` has indented: nothing else stands two spaces from the edge. */
export function bodyOf(pretty: string): string | undefined {
  const at = pretty.indexOf(BODY);
  if (at < 0) return undefined;
  const rest = pretty.slice(at + BODY.length);
  const next = rest.indexOf(',\n  "');
  return rest.slice(0, next < 0 ? rest.lastIndexOf("\n}") : next).replaceAll("\n  ", "\n");
}

/** The text indented if it is JSON, else as it is. */
export function prettyIfJson(text: string): { readonly text: string; readonly isJson: boolean } {
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[") return { text, isJson: false };
  try {
    return { text: prettyJson(text), isJson: true };
  } catch {
    return { text, isJson: false };
  }
}
