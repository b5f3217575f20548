import { describe, expect, it } from "vitest";
import { createEchoMask } from "./echoed-secrets.ts";

describe("secrets that a receiver sends back", () => {
  it.each([
    ["authorization", "Bearer abc.def-123", 'got "Bearer abc.def-123"', 'got "***"'],
    ["Authorization", "Bearer abc.def-123", "your token abc.def-123 is old", "your token *** is old"],
    ["cookie", "session=0123456789; theme=dark42", "session 0123456789", "session ***"],
    ["webhook-signature", "v1,aaaaaaaa= v1,bbbbbbbb=", "bad: v1,bbbbbbbb=", "bad: v1,***"],
    ["x-api-key", "k3y-k3y", "k3y-k3y k3y-k3y", "*** ***"],
  ])("in %s: %s are masked", (name, value, given, shown) => {
    expect(createEchoMask([[name, value]])(given)).toBe(shown);
  });

  it("are masked with whatever characters they hold, the longest first", () => {
    const mask = createEchoMask([
      ["x-api-key", "a.c*(e"],
      ["x-token", "a.c*(e$1"],
    ]);
    expect(mask("[a.c*(e$1] [a.c*(e] [abccce]")).toBe("[***] [***] [abccce]");
  });

  it("are masked in one pass, though a header hold thousands", () => {
    const parts = Array.from({ length: 2_300 }, (_, i) => `k${String(i).padStart(5, "0")}`);
    const mask = createEchoMask([["x-keys", parts.join(";")]]);
    const before = process.cpuUsage();
    for (let i = 0; i < 20; i += 1) expect(mask("k0".repeat(8_192))).toHaveLength(16_384);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });

  it("are masked where the end of what was read breaks them off", () => {
    const cookie = "session=0123456789abcdef";
    const mask = createEchoMask([["cookie", cookie]]);
    for (let kept = 3; kept < 16; kept += 1) {
      expect(mask(`got 0123456789abcdef, ${"0123456789abcdef".slice(0, kept)}`, true)).toBe("got ***, ***");
    }
    for (let kept = 3; kept < cookie.length; kept += 1) {
      expect(mask(cookie.slice(0, kept), true)).toBe("***");
    }
    expect(mask("got 0123456", false)).toBe("got 0123456");
    expect(mask("got 01", true)).toBe("got 01");
    expect(mask("", true)).toBe("");
  });

  it("are found at a broken end although they repeat themselves, in little time", () => {
    expect(createEchoMask([["x-api-key", "aabaaab"]])("x aabaab aabaaa", true)).toBe("x aabaab ***");
    const mask = createEchoMask([["x-api-key", `${"a".repeat(16_000)}b`]]);
    const before = process.cpuUsage();
    for (let i = 0; i < 20; i += 1) expect(mask(`${"a".repeat(16_383)}`, true)).toMatch(/^a*\*\*\*$/);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });

  it.each([
    ["authorization", "Bearer abcdef", "a bearer token is needed"],
    ["x-token", "a", "a banana"],
    ["x-order", "visible42", "visible42"],
  ])("in %s: %s leave ordinary text alone", (name, value, text) => {
    expect(createEchoMask([[name, value]])(text)).toBe(text);
  });
});
