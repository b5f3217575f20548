import { describe, expect, it } from "vitest";
import { hashKey, isKeyId, keyIdOf, newApiKey, sameHash } from "./api-key.ts";

describe("an API key", () => {
  it("is hk_, its id, and a secret with a checksum", () => {
    const { keyId, text, hash } = newApiKey();
    expect(text).toMatch(new RegExp(`^hk_${keyId}_[0-9a-hjkmnp-tv-z]{38}$`));
    expect(keyIdOf(text)).toBe(keyId);
    expect(isKeyId(keyId)).toBe(true);
    expect(hash).toBe(hashKey(text));
    expect(text).not.toContain(hash);
  });

  it("is never made twice", () => {
    const keys = Array.from({ length: 1_000 }, () => newApiKey());
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1_000);
    expect(new Set(keys.map(({ text }) => text)).size).toBe(1_000);
  });

  it("is known by its hash and by nothing else", () => {
    const { text, hash } = newApiKey();
    expect(sameHash(hash, hashKey(text))).toBe(true);
    expect(sameHash(hash, hashKey(`${text} `))).toBe(false);
    expect(sameHash(hash, "")).toBe(false);
  });
});
