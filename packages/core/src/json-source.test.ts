import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactJson, elementsOf, memberOf, membersOf } from "./json-source.ts";

describe("the source text of a member", () => {
  it.each<[string, string, string | undefined]>([
    ["a number, digit for digit", '{"body":1.50}', "1.50"],
    ["an object, white space and all", ' { "a" : [ "}" , "\\"" ] ,\n"body" : { "x" : 1 } } ', '{ "x" : 1 }'],
    ["escapes", '{"body":"\\/\\u003c\\u00e9\\\\"}', '"\\/\\u003c\\u00e9\\\\"'],
    ["a member whose name is escaped", '{"b\\u006fdy":null}', "null"],
    ["a member of the object itself, not of one within it", '{"a":{"body":1},"c":"body"}', undefined],
    ["a member behind a string that looks like one", '{"a":"\\",\\"body\\":1","body":2}', "2"],
    ["no member", " { } ", undefined],
    ["a member that is empty", '{"body":{},"a":1}', "{}"],
    ["a member named like what every object has", '{"__proto__":1}', undefined],
  ])("is %s", (_what, object, source) => {
    expect(memberOf(object, "body")).toBe(source);
  });

  it("is what JSON.parse reads, for every member and element, however it is written", () => {
    const space = fc.constantFrom("", " ", "\n", "\t\r\n  ");
    const indented = fc
      .tuple(fc.json(), space)
      .map(([text, indent]) => JSON.stringify(JSON.parse(text), null, indent));
    fc.assert(
      fc.property(fc.array(indented), space, (texts, blank) => {
        const array = `${blank}[${blank}${texts.join(`${blank},${blank}`)}${blank}]${blank}`;
        expect([...elementsOf(array)]).toEqual(texts);
        const object = `${blank}{${texts.map((text, n) => `${blank}"${n}"${blank}:${blank}${text}${blank}`).join(",")}}`;
        expect([...membersOf(object)]).toEqual(texts.map((text, n) => [String(n), text]));
      }),
    );
  });
});

describe("compact JSON", () => {
  it.each([
    [' { "b" : 1 ,\r\n\t"2" : [ 2 , " a\\" b " ] } ', '{"b":1,"2":[2," a\\" b "]}'],
    ['"\\\\" ', '"\\\\"'],
    ['[ "é 漢 😀" ]', '["é 漢 😀"]'],
    ['["no\u00a0white\u2028space"]', '["no\u00a0white\u2028space"]'],
  ])("of %j keeps all but insignificant white space", (text, compact) => {
    expect(compactJson(text)).toBe(compact);
  });

  it("is what JSON.stringify writes, where that loses nothing", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(compactJson(JSON.stringify(value, null, 3))).toBe(JSON.stringify(value));
      }),
    );
  });
});
