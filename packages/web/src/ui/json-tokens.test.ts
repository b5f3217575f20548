import { describe, expect, it } from "vitest";
import { jsonTokens } from "./json-tokens.ts";

const join = (text: string) =>
  jsonTokens(text)
    .map((token) => token.text)
    .join("");

describe("tokens of JSON", () => {
  it("tell names from strings, numbers and words", () => {
    const kinds = jsonTokens('{"a": "b\\"c", "n": -1.5e3, "t": true}').filter(({ kind }) => kind !== "other");
    expect(kinds).toEqual([
      { kind: "name", text: '"a"' },
      { kind: "string", text: '"b\\"c"' },
      { kind: "name", text: '"n"' },
      { kind: "number", text: "-1.5e3" },
      { kind: "name", text: '"t"' },
      { kind: "word", text: "true" },
    ]);
  });

  it("together are the text, even of JSON that was cut off or is none", () => {
    for (const text of ['{"a": [1, nul', '{"a": "unfinished', "no json at all", ""])
      expect(join(text)).toBe(text);
  });
});
