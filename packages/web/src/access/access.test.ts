import { describe, expect, it } from "vitest";
import type { Access } from "../api/api.ts";
import { limitOf, nameOf } from "./access.ts";

const access = (changes: Partial<Access>): Access => ({
  keyId: "4w8t2m9qxk",
  senderId: "acme",
  canRead: true,
  canSend: true,
  canManage: true,
  canOperate: true,
  ...changes,
});

describe("who is signed in", () => {
  it("the operator, a key by its name and sender, or whom it speaks for", () => {
    expect(nameOf(access({ keyId: "operator", senderId: "*" }))).toBe("operator");
    expect(nameOf(access({ name: "support desk" }))).toBe("support desk (acme)");
    expect(nameOf(access({}))).toBe("acme");
    expect(nameOf(access({ senderId: "*" }))).toBe("all senders");
  });

  it("what the key may not do is said, and nothing about one that may do everything", () => {
    expect(limitOf(access({ canSend: false, canManage: false, canOperate: false }))).toBe("read only");
    expect(limitOf(access({ canSend: false, canOperate: false }))).toBe("endpoints only");
    expect(limitOf(access({ canOperate: false }))).toBe("no bulk retry");
    expect(limitOf(access({}))).toBeUndefined();
  });
});
