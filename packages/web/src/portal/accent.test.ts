import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { accentOf } from "./accent.ts";

/** Relative luminance and contrast, from WCAG 2.2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
const contrast = (one: string, other: string) => {
  const [a = 0, b = 0] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};

/** Light and dark, as tokens.css has them. */
const TOKENS = readFileSync(new URL("../styles/tokens.css", import.meta.url), "utf8");
const BACKGROUNDS = ["background", "surface", "surface-raised", "surface-sunken", "hover", "selected"].map(
  (name) => {
    const [, light = "", dark = ""] =
      new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(TOKENS) ?? [];
    expect([name, light, dark]).toEqual([name, expect.stringMatching(/^#/), expect.stringMatching(/^#/)]);
    return { light, dark };
  },
);

const LEVELS = ["00", "33", "66", "99", "cc", "ff"];
const COLORS = LEVELS.flatMap((r) => LEVELS.flatMap((g) => LEVELS.map((b) => `${r}${g}${b}`)));

describe("an accent", () => {
  it("can be read on every background in both themes, and so can what is written on it, whatever it is", () => {
    for (const color of COLORS) {
      const { text, fill, onFill } = accentOf(color) ?? expect.fail();
      for (const { light, dark } of BACKGROUNDS) {
        expect(contrast(text.light, light), `${color} on ${light}`).toBeGreaterThanOrEqual(4.5);
        expect(contrast(text.dark, dark), `${color} on ${dark}`).toBeGreaterThanOrEqual(4.5);
      }
      expect(contrast(fill, onFill), color).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("stays what it is where it can be read", () => {
    expect(accentOf("4a41d8")).toEqual({
      text: { light: "#4a41d8", dark: expect.any(String) },
      fill: "#4a41d8",
      onFill: "#ffffff",
    });
    expect(accentOf("#FFCC00")).toMatchObject({
      text: { dark: "#ffcc00" },
      fill: "#ffcc00",
      onFill: "#000000",
    });
  });

  it.each([null, "", "red", "fff", "4f46e5f", "4f46e5;", "url(#a)", "#4f46e5}", "var(--bad)", "４f46e5"])(
    "is none: %j",
    (text) => {
      expect(accentOf(text)).toBeUndefined();
    },
  );
});
