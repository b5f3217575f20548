import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, isJsonObject, parseLosslessJson, stringifyJson } from "./json.ts";

describe("JSON whose numbers keep every digit", () => {
  it.each([
    "0",
    "-0",
    "0.0",
    "1.0",
    "1.50",
    "-1.5",
    "1e20",
    "1E+2",
    "1e-7",
    "0.0000001",
    "0.000001",
    "999999999999999",
    "9007199254740993",
    "12345678901234567890",
    "0.1234567890123456789",
    "123456789.123456",
    "1234567890.123456",
    "-123456789012345",
    "1e400",
    '["a1.0","\\"-0",{"1e5":-0}]',
    '{"__proto__":{"n":1.00},"constructor":1}',
  ])("%s", (text) => {
    expect(stringifyJson(parseLosslessJson(text))).toBe(text);
  });

  it("any number that JSON can write, at any place", () => {
    const digits = fc.stringMatching(/^[0-9]{0,18}$/);
    const number = fc
      .record({
        sign: fc.constantFrom("", "-"),
        whole: fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,18}$/)),
        fraction: fc.option(digits.filter((text) => text !== "")),
        exponent: fc.option(fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/)),
      })
      .map(({ sign, whole, fraction, exponent }) => {
        const tail = fraction === null ? "" : `.${fraction}`;
        return `${sign}${whole}${tail}${exponent ?? ""}`;
      });
    const place = fc.constantFrom(
      (text: string) => text,
      (text: string) => `[0,${text},{"x":${text}}]`,
      (text: string) => `{"a\\\\":"\\"","b":${text}}`,
    );
    fc.assert(
      fc.property(number, place, (text, at) => {
        expect(stringifyJson(parseLosslessJson(at(text)))).toBe(at(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("any value means what JSON.parse makes of it, where that loses nothing", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(stringifyJson(parseLosslessJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(["", "{", "01", "1.", "+1", "-", "1e", "NaN", "[1,]", "{'a':1}", '"\u0000"'])(
    "refuses %j",
    (text) => {
      expect(() => parseLosslessJson(text)).toThrow(SyntaxError);
    },
  );

  it("tells objects from what only JavaScript takes for one", () => {
    expect(isJsonObject(parseLosslessJson("{}"))).toBe(true);
    for (const text of ["[]", "null", "1e20", '"x"', "true"])
      expect(isJsonObject(parseLosslessJson(text))).toBe(false);
  });
});

describe("canonical JSON", () => {
  it("is the same for equal values, in whatever order their names stand", () => {
    const one = '{"b":[{"d":1e20,"c":null}],"a":"x","10":1,"9":2,"__proto__":{"z":1,"y":2}}';
    const other = '{"9":2,"__proto__":{"y":2,"z":1},"a":"x","10":1,"b":[{"c":null,"d":1e20}]}';
    expect(canonicalJson(parseLosslessJson(one))).toBe(canonicalJson(parseLosslessJson(other)));
    expect(canonicalJson(parseLosslessJson(one))).toContain('"__proto__":{"y":2,"z":1}');
  });

  it.each([
    ["the order of an array", "[1,2]", "[2,1]"],
    ["a digit", "12345678901234567890", "12345678901234567891"],
    ["the type", "1", '"1"'],
    ["null and nothing", '{"a":null}', "{}"],
  ])("differs by %s", (_what, one, other) => {
    expect(canonicalJson(parseLosslessJson(one))).not.toBe(canonicalJson(parseLosslessJson(other)));
  });
});
