export type TokenKind = "name" | "string" | "number" | "word" | "other";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

/** The tokens of JSON text, whole or cut off; together they are the text. */
export function jsonTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const add = (kind: TokenKind, part: string) => {
    if (part) tokens.push({ kind, text: part });
  };
  for (const match of text.matchAll(TOKEN)) {
    add("other", text.slice(end, match.index));
    const [whole, quoted, colon] = match;
    if (quoted === undefined) add(/^[tfn]/.test(whole) ? "word" : "number", whole);
    else {
      add(colon === undefined ? "string" : "name", quoted);
      add("other", colon ?? "");
    }
    end = match.index + whole.length;
  }
  add("other", text.slice(end));
  return tokens;
}
