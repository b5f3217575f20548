import { describe, expect, it } from "vitest";
import { bodyOf, prettyIfJson, prettyJson } from "./exact-json.ts";

describe("JSON is shown as it was written", () => {
  it("no number loses a digit", () => {
    const text = '{"big":12345678901234567890,"exact":1.0,"tiny":1e-7,"plain":42}';
    expect(prettyJson(text)).toBe(
      '{\n  "big": 12345678901234567890,\n  "exact": 1.0,\n  "tiny": 1e-7,\n  "plain": 42\n}',
    );
  });

  it("names keep their order, and strings their escapes", () => {
    expect(prettyJson('{"10":[],"9":{},"a":[1,{"b":"\\u0041,:{"}]}')).toBe(
      '{\n  "10": [],\n  "9": {},\n  "a": [\n    1,\n    {\n      "b": "\\u0041,:{"\n    }\n  ]\n}',
    );
  });

  it.each([
    ['{"metadata":{"body":"no"},"body":{"10":1,"9":[2]}}', '{\n  "10": 1,\n  "9": [\n    2\n  ]\n}'],
    ['{"body":12345678901234567890,"z":1}', "12345678901234567890"],
    ['{"body":null}', "null"],
    ['{"a":{"body":1}}', undefined],
  ])("the body of %s is told as it was written", (text, body) => {
    expect(bodyOf(prettyJson(text))).toBe(body);
  });

  it("a response is indented if it is JSON, and left alone if it only looks like it", () => {
    expect(prettyIfJson('{"a":1.50}')).toEqual({ text: '{\n  "a": 1.50\n}', isJson: true });
    expect(prettyIfJson("{not json}")).toEqual({ text: "{not json}", isJson: false });
    expect(prettyIfJson("<html>")).toEqual({ text: "<html>", isJson: false });
  });
});
