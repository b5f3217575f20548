import { describe, expect, it } from "vitest";
import { visibleParts } from "./visible-text.ts";

describe("hidden characters become visible", () => {
  it("bidirectional overrides, zero-width and control characters are named", () => {
    expect(visibleParts("a\u202Eb\u200Bc\u0000")).toEqual([
      { text: "a" },
      { text: "U+202E", hidden: true },
      { text: "b" },
      { text: "U+200B", hidden: true },
      { text: "c" },
      { text: "U+0000", hidden: true },
    ]);
  });

  it("characters beyond the basic plane are named whole", () => {
    expect(visibleParts("\u{E0041}")).toEqual([{ text: "U+E0041", hidden: true }]);
  });

  it("tabs, line breaks, emoji with joiners and other scripts stay as they are", () => {
    const text = 'tab\tline\r\nline\n👨‍👩‍👧 שלום مرحبا "<script>"';
    expect(visibleParts(text)).toEqual([{ text }]);
  });

  it("a carriage return of its own, which would overprint, is named", () => {
    expect(visibleParts("a\rb")).toEqual([{ text: "a" }, { text: "U+000D", hidden: true }, { text: "b" }]);
  });

  it("a text full of them stays one part", () => {
    expect(visibleParts("\u202E".repeat(1000))).toEqual([{ text: "⟨U+202E⟩".repeat(1000) }]);
  });
});
