/**
 * JSON whose numbers keep every digit: 12345678901234567890 and 1.0 are shown as the producer wrote them.
 * A browser without JSON source text access shows them as it understands them.
 */

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;
const json: {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON?(text: string): unknown;
} = JSON as never;

/** @throws SyntaxError if the text is not JSON. */
export function parseExactJson(text: string): unknown {
  return json.parse(text, (_key, value, context) => {
    if (typeof value !== "number" || context?.source === undefined || !json.rawJSON) return value;
    return String(value) === context.source ? value : json.rawJSON(context.source);
  });
}

/** Two spaces to a level. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** The text indented if it is JSON, else as it is. */
export function prettyIfJson(text: string): { readonly text: string; readonly isJson: boolean } {
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[") return { text, isJson: false };
  try {
    return { text: prettyJson(parseExactJson(text)), isJson: true };
  } catch {
    return { text, isJson: false };
  }
}
