import { useAccess } from "../access/access.ts";

/** Whether this key may do anything with messages, so that there is a reason to select them. */
export function useMaySelect(): boolean {
  const { canSend, canManage, canOperate } = useAccess();
  return canSend || canManage || canOperate;
}
