import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, isRawNumber, parseLosslessJson, stringifyJson } from "./json.ts";

describe("JSON that is parsed and written again", () => {
  it.each([
    "12345678901234567890",
    "0.1000000000000000055511151231257827",
    "1e20",
    "1E+2",
    "1.0",
    "-0",
    "-0.0",
    "1E400",
    "-1e-400",
    "100000000000000000000000",
    "42",
    "-7.25",
  ])("keeps a number digit for digit: %s", (text) => {
    expect(stringifyJson(parseLosslessJson(text))).toBe(text);
    expect(stringifyJson(parseLosslessJson(`{"a":[${text},{"b":${text}}]}`))).toBe(
      `{"a":[${text},{"b":${text}}]}`,
    );
  });

  it("keeps every number there is digit for digit", () => {
    const number = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const text = `{"n":[${numbers.join(",")}]}`;
        expect(stringifyJson(parseLosslessJson(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['{ "b" : 1 ,\n "a" : [ true , null , false ] }', '{"b":1,"a":[true,null,false]}'],
    ['""', '""'],
    ["null", "null"],
    ["[]", "[]"],
    ['"\\u00e9\\ud83d\\ude00\\/"', '"é😀/"'],
    ['{"__proto__":{"a":1},"constructor":2}', '{"__proto__":{"a":1},"constructor":2}'],
  ])("is compact, in the order it was given: %s", (text, expected) => {
    expect(stringifyJson(parseLosslessJson(text))).toBe(expected);
  });

  it("does not take an object that looks like a raw number for one", () => {
    const value = parseLosslessJson('{"rawJSON":"1"}');
    expect(isRawNumber(value)).toBe(false);
    expect(stringifyJson(value)).toBe('{"rawJSON":"1"}');
  });

  it("keeps numbers that a double holds exactly as plain numbers", () => {
    expect(parseLosslessJson("[1,-2.5,0]")).toEqual([1, -2.5, 0]);
  });

  it("refuses what is not JSON", () => {
    for (const text of ["", "01", "NaN", "[1,]", "'a'"])
      expect(() => parseLosslessJson(text), text).toThrow(SyntaxError);
  });
});

describe("canonical JSON", () => {
  const canonical = (text: string) => canonicalJson(parseLosslessJson(text));

  it("is equal for objects that differ in the order of their names only, at any depth", () => {
    expect(canonical('{"b":{"d":1,"c":[{"z":1,"y":2}]},"a":2}')).toBe(
      canonical('{"a":2,"b":{"c":[{"y":2,"z":1}],"d":1}}'),
    );
  });

  it.each([
    ["[1,2]", "[2,1]"],
    ["1", "1.0"],
    ["12345678901234567890", "12345678901234567891"],
    ['"1"', "1"],
    ["null", "{}"],
    ['{"a":null}', "{}"],
    ['{"__proto__":1}', "{}"],
  ])("tells %s from %s", (one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
  });
});
