import { describe, expect, it } from "vitest";
import { parseExactJson, prettyIfJson, prettyJson } from "./exact-json.ts";

describe("JSON is shown as it was written", () => {
  it("no number loses a digit", () => {
    const text = '{"big":12345678901234567890,"exact":1.0,"tiny":1e-7,"plain":42}';
    expect(prettyJson(parseExactJson(text))).toBe(
      '{\n  "big": 12345678901234567890,\n  "exact": 1.0,\n  "tiny": 1e-7,\n  "plain": 42\n}',
    );
  });

  it("a response is indented if it is JSON, and left alone if it only looks like it", () => {
    expect(prettyIfJson('{"a":1.50}')).toEqual({ text: '{\n  "a": 1.50\n}', isJson: true });
    expect(prettyIfJson("{not json}")).toEqual({ text: "{not json}", isJson: false });
    expect(prettyIfJson("<html>")).toEqual({ text: "<html>", isJson: false });
  });
});
