import { createContext, use } from "react";
import type { Access } from "../api/api.ts";

/** What the key in use may do. */
export const AccessContext = createContext<Access>({ canSend: false, canOperate: false });

export function useAccess(): Access {
  return use(AccessContext);
}
