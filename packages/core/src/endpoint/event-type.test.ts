import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { eventTypePatternSchema, eventTypeSchema, matchesEventType } from "./event-type.ts";

describe("a pattern of event types", () => {
  it.each([
    ["invoice.paid", "invoice.paid", true],
    ["invoice.paid", "invoice.paid.late", false],
    ["invoice.paid", "invoiceXpaid", false],
    ["*", "anything.at-all", true],
    ["invoice.*", "invoice.paid", true],
    ["invoice.*", "invoice.paid.late", true],
    ["invoice.*", "invoice.", true],
    ["invoice.*", "invoice", false],
    ["*.paid", "invoice.paid", true],
    ["*.paid", "invoice.paid.late", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*b*", "abc", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*bc*c", "abc", false],
    ["**", "x", true],
    ["a**c", "abc", true],
    ["*ab", "aab", true],
  ])("%s describes %s: %s", (pattern, eventType, expected) => {
    expect(matchesEventType(pattern, eventType)).toBe(expected);
  });

  it("means what the same pattern means as a regular expression", () => {
    const texts = (length: number): string[] =>
      length === 0 ? [""] : texts(length - 1).flatMap((text) => ["a", "b"].map((next) => text + next));
    const types = [1, 2, 3, 4, 5].flatMap(texts);
    const patterns = [1, 2, 3, 4].flatMap((length) =>
      texts(length).flatMap((text) => [text.replaceAll("b", "*"), text.replace("a", "*"), `${text}*`]),
    );
    for (const pattern of new Set(patterns)) {
      const regExp = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
      for (const type of types)
        expect([pattern, type, matchesEventType(pattern, type)]).toEqual([pattern, type, regExp.test(type)]);
    }
  });

  it("takes letters, digits, dots, hyphens, underscores and stars, 1 to 256", () => {
    for (const sound of ["*", "user.*", "A_b-c.9", "x".repeat(256)])
      expect(v.is(eventTypePatternSchema, sound)).toBe(true);
    for (const wrong of ["", "x".repeat(257), "a b", "a?", "a/b", "é"])
      expect(v.is(eventTypePatternSchema, wrong)).toBe(false);
  });
});

describe("an event type", () => {
  it("is 1 to 256 characters, begins with a letter, a digit or _, and holds no star", () => {
    for (const sound of ["invoice.paid", "_x", "9", "a-b_c.D", "x".repeat(256)])
      expect(v.is(eventTypeSchema, sound)).toBe(true);
    for (const wrong of ["", ".x", "-x", "x".repeat(257), "a*", "a b", "a\n"])
      expect(v.is(eventTypeSchema, wrong)).toBe(false);
  });
});
