import { useAccess } from "../access/access.ts";

/** Senders of Homing's own, whose endpoints only operators manage. */
const RESERVED_PREFIX = "homing.";

/** Whether this key may change endpoints of this sender. */
export function useMayManage(senderId: string | undefined): boolean {
  const { canManage, canOperate } = useAccess();
  if (senderId === undefined) return false;
  return canOperate || (canManage && !senderId.startsWith(RESERVED_PREFIX));
}
