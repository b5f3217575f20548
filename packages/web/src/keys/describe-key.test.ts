import { describe, expect, it } from "vitest";
import type { Key } from "../api/types.ts";
import { kindOf, replacementFor } from "./describe-key.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const key = (over: Partial<Key> = {}): Key => ({
  keyId: "4w8t2m9qxk",
  senderId: "acme",
  scopes: ["send", "read"],
  createdAt: "2026-11-26T11:00:00.000Z",
  ...over,
});

describe("a key", () => {
  it("has ended once it is revoked, or its time has come", () => {
    expect(kindOf(key(), NOW)).toBe("KEY");
    expect(kindOf(key({ revokedAt: "2026-11-26T11:30:00.000Z" }), NOW)).toBe("ENDED");
    expect(kindOf(key({ expiresAt: "2026-11-26T12:00:00.001Z" }), NOW)).toBe("KEY");
    expect(kindOf(key({ expiresAt: "2026-11-26T12:00:00.000Z" }), NOW)).toBe("ENDED");
  });

  it("is a link to the portal only if it is all that such a link's key is", () => {
    const link = key({
      name: "portal",
      scopes: ["read", "endpoints"],
      expiresAt: "2026-11-26T13:00:00.000Z",
    });
    expect(kindOf(link, NOW)).toBe("PORTAL");
    expect(kindOf({ ...link, name: "support" }, NOW)).toBe("KEY");
    expect(kindOf({ ...link, scopes: ["operate"] }, NOW)).toBe("KEY");
    const { expiresAt: _, ...lasting } = link;
    expect(kindOf(lasting, NOW)).toBe("KEY");
  });

  it("is replaced by one that may do the same for as long", () => {
    expect(replacementFor(key({ name: "billing" }))).toEqual({
      senderId: "acme",
      scopes: ["send", "read"],
      name: "billing",
    });
    expect(replacementFor(key({ expiresAt: "2026-11-27T11:00:00.000Z" }))).toEqual({
      senderId: "acme",
      scopes: ["send", "read"],
      expiresIn: "1440m",
    });
  });
});
