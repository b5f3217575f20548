import { expect, it } from "vitest";
import { inTurns } from "./in-turns.ts";

const of = (...names: string[]) => names.map((name, at) => ({ senderId: name[0] ?? "", name, at }));

it.each([
  [
    ["a1", "a2", "a3", "b1", "c1", "b2"],
    ["a1", "b1", "c1", "a2", "b2", "a3"],
  ],
  [
    ["a1", "a2"],
    ["a1", "a2"],
  ],
  [[], []],
])("%j goes as %j", (given, expected) => {
  expect(inTurns(of(...given)).map(({ name }) => name)).toEqual(expected);
});
