import { createContext, use } from "react";
import type { Access } from "../api/api.ts";

const NOTHING: Access = {
  keyId: "",
  senderId: "*",
  canRead: false,
  canSend: false,
  canManage: false,
  canOperate: false,
};

/** Whose key is in use, and what it may do. */
export const AccessContext = createContext<Access>(NOTHING);

export function useAccess(): Access {
  return use(AccessContext);
}

/** "operator", "support desk (acme)", "all senders": whom a key speaks for, as its holder knows it. */
export function nameOf({ keyId, name, senderId }: Access): string {
  const sender = senderId === "*" ? "all senders" : senderId;
  if (keyId === "operator") return "operator";
  return name === undefined ? sender : `${name} (${sender})`;
}

/** What it may not do, in two words; undefined for a key that may do everything. */
export function limitOf({ canSend, canManage, canOperate }: Access): string | undefined {
  if (!canSend) return canManage ? "endpoints only" : "read only";
  return canOperate ? undefined : "no bulk retry";
}
