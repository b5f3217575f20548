import { expect, it } from "vitest";
import { keyCells } from "./format.ts";

const KEY = {
  keyId: "01kamq6h5t",
  senderId: "acme",
  scopes: ["read" as const, "endpoints" as const],
  createdAt: "2026-11-22T12:00:00.000Z",
};

it("a key is listed with its end: until when it is valid, or since when it is revoked", () => {
  const expiring = { ...KEY, expiresAt: "2026-11-23T12:00:00.000Z" };
  expect(keyCells(KEY)).toEqual(["01kamq6h5t", "acme", "read,endpoints", "2026-11-22T12:00:00", "", ""]);
  expect(keyCells(expiring).at(-1)).toBe("until 2026-11-23T12:00:00");
  const revoked = { ...expiring, revokedAt: "2026-11-22T13:00:00.000Z" };
  expect(keyCells(revoked).at(-1)).toBe("revoked 2026-11-22T13:00:00");
});
