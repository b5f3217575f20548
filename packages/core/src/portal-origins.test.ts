import { describe, expect, it } from "vitest";
import { frameAncestorsOf, portalOriginsOf } from "./portal-origins.ts";
import { SettingsError } from "./settings.ts";

const origins = (text?: string) => portalOriginsOf({ HOMING_PORTAL_ORIGINS: text });

describe("whose pages may show the portal", () => {
  it("nobody's, unless it is said", () => {
    expect([origins(), origins("")]).toEqual([[], []]);
    expect(frameAncestorsOf([])).toBe("'none'");
  });

  it("those of the origins that are named", () => {
    const named = origins("https://app.example.com, http://localhost:3000,https://*.Example.org");
    expect(named).toEqual(["https://app.example.com", "http://localhost:3000", "https://*.example.org"]);
    expect(frameAncestorsOf(named)).toBe(
      "https://app.example.com http://localhost:3000 https://*.example.org",
    );
  });

  it.each([
    "*",
    "https://*",
    "https://*.com",
    "https:",
    "app.example.com",
    "https://app.example.com/",
    "https://app.example.com/portal",
    "https://app.example.com; script-src *",
    "https://app.example.com script-src",
    "https://user@app.example.com",
    "https://app.*.example.com",
    "https://app.example.com:port",
    "https://app.example.com:99999",
    "https://app.example.com,",
    "data:text/html,",
    "'self'",
    "https://a\r\nx: y",
  ])("not those of %j: the line says why", (text) => {
    expect(() => origins(text)).toThrow(SettingsError);
    expect(() => origins(text)).toThrow(/^HOMING_PORTAL_ORIGINS: /);
  });
});
