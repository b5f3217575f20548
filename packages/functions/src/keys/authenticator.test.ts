import { MINUTE } from "@homing/core/duration";
import { NOON, TestClock } from "@homing/core/testing/test-clock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newApiKey } from "./api-key.ts";
import { createAuthenticator } from "./authenticator.ts";
import type { KeyRecord } from "./key-store.ts";
import { MemoryKeyStore } from "./memory-key-store.ts";

const OPERATOR_KEY = "an operator key, with spaces";

let clock: TestClock;
let store: MemoryKeyStore;
let reads: ReturnType<typeof vi.spyOn>;
let authenticate: (text: string) => Promise<unknown>;
let forget: (keyId: string) => void;

beforeEach(() => {
  clock = new TestClock();
  store = new MemoryKeyStore();
  reads = vi.spyOn(store, "get");
  ({ authenticate, forget } = createAuthenticator({ operatorKey: OPERATOR_KEY, keyStore: store, clock }));
});

async function storedKey(over: Partial<KeyRecord> = {}) {
  const { keyId, text, hash } = newApiKey();
  await store.create({ keyId, hash, senderId: "acme", scopes: ["send"], createdAt: NOON, ...over });
  return { keyId, text };
}

describe("a key", () => {
  it("speaks for its sender with its scopes", async () => {
    const { keyId, text } = await storedKey();
    expect(await authenticate(text)).toEqual({ keyId, senderId: "acme", scopes: ["send"] });
  });

  it("of the operator speaks for everybody, without a read", async () => {
    expect(await authenticate(OPERATOR_KEY)).toEqual({
      keyId: "operator",
      senderId: "*",
      scopes: ["send", "read", "endpoints", "operate"],
    });
    expect(reads).not.toHaveBeenCalled();
  });

  it.each([
    ["an empty text", ""],
    ["a word", "hk_nothing"],
    ["the right shape with a wrong checksum", `hk_0123456789_${"0".repeat(32)}zzzzzz`],
    ["the operator key with one character more", `${OPERATOR_KEY}x`],
  ])("that is malformed is refused without a read: %s", async (_what, text) => {
    expect(await authenticate(text)).toBeUndefined();
    expect(reads).not.toHaveBeenCalled();
  });

  it("with one character changed is refused, whichever it is", async () => {
    const { text } = await storedKey();
    for (let at = 0; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
      expect(await authenticate(changed)).toBeUndefined();
    }
    expect(reads).not.toHaveBeenCalled();
  });

  it("with a known id and another secret is refused", async () => {
    const { keyId } = await storedKey();
    const other = newApiKey();
    const read = vi.spyOn(store, "get").mockResolvedValue(await store.get(keyId));
    expect(await authenticate(other.text)).toBeUndefined();
    expect(read).toHaveBeenCalledWith(other.keyId);
  });

  it("is read once a minute, known or not", async () => {
    const { text } = await storedKey();
    const unknown = newApiKey().text;
    await Promise.all([authenticate(text), authenticate(text), authenticate(unknown)]);
    clock.advance(MINUTE - 1);
    await authenticate(text);
    await authenticate(unknown);
    expect(reads).toHaveBeenCalledTimes(2);
    clock.advance(1);
    await authenticate(text);
    expect(reads).toHaveBeenCalledTimes(3);
  });

  it("that is revoked is refused after a minute at the latest", async () => {
    const { keyId, text } = await storedKey();
    await authenticate(text);
    await store.revoke(keyId, clock.now());
    clock.advance(MINUTE);
    expect(await authenticate(text)).toBeUndefined();
  });

  it("that is revoked is refused by the time of day, although the process was frozen meanwhile", async () => {
    const { keyId, text } = await storedKey();
    await authenticate(text);
    await store.revoke(keyId, clock.now());
    clock.freeze(MINUTE);
    expect(await authenticate(text)).toBeUndefined();
  });

  it("that is revoked is refused at once by a process that is told", async () => {
    const { keyId, text } = await storedKey();
    await authenticate(text);
    await store.revoke(keyId, clock.now());
    forget(keyId);
    expect(await authenticate(text)).toBeUndefined();
  });

  it("that expires is accepted until then and not a moment longer, remembered or not", async () => {
    const expiresAt = NOON + 30_000;
    const { text } = await storedKey({ expiresAt });
    clock.time = expiresAt - 1;
    expect(await authenticate(text)).toMatchObject({ senderId: "acme", expiresAt });
    clock.time = expiresAt;
    expect(await authenticate(text)).toBeUndefined();
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it("that could not be looked up is an error, not a refusal, and is looked up again", async () => {
    const { text } = await storedKey();
    reads.mockRejectedValueOnce(new Error("down"));
    await expect(authenticate(text)).rejects.toThrow("down");
    expect(await authenticate(text)).toBeDefined();
  });
});
