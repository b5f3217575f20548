/** What can be done with the messages that are selected, and why not with the others. Pure. */
import type { Access } from "../api/api.ts";
import type { Status } from "../api/types.ts";
import { actionsFor, isBlocking } from "../message/actions.ts";
import type { Row } from "../messages/feed.ts";
import type { BulkKind } from "../retry/bulk-words.tsx";

export type Rights = Pick<Access, "canSend" | "canManage" | "canOperate">;

export interface Judged {
  readonly can: readonly Row[];
  /** Why not, as it follows "is" or "are", and of how many that is true. */
  readonly cannot: ReadonlyMap<string, number>;
}

/** By what was last seen of each. The API decides; this only keeps away what it would refuse. */
export function judge(kind: BulkKind, rows: readonly Row[], rights: Rights, now: number): Judged {
  const can: Row[] = [];
  const cannot = new Map<string, number>();
  for (const row of rows) {
    const why = whyNot(kind, row, rights, now);
    if (why === undefined) can.push(row);
    else cannot.set(why, (cannot.get(why) ?? 0) + 1);
  }
  return { can, cannot };
}

const STATES: Record<Status, string> = {
  PENDING: "waiting behind another of the same ordering key",
  QUEUED: "in the queue already",
  PROCESSING: "being delivered right now",
  COMPLETED: "delivered already",
  FAILED: "failed already",
  CANCELLED: "cancelled already",
};
const FORBIDDEN = "beyond what this key may do";

function whyNot(kind: BulkKind, { item, hasMovedOn }: Row, rights: Rights, now: number): string | undefined {
  if (hasMovedOn) return "no longer as the list shows";
  const { status, endpointId } = item;
  const possible = actionsFor(item, now);
  const { canSend, canManage, canOperate } = rights;
  switch (kind) {
    case "retry":
      if (possible.retry === undefined) return STATES[status] ?? status;
      // Whoever manages endpoints may repeat what is for them.
      return canSend || (canManage && endpointId !== undefined) ? undefined : FORBIDDEN;
    case "cancel":
      if (!possible.cancel) return STATES[status] ?? status;
      return canSend ? undefined : FORBIDDEN;
    case "resolve":
      if (status !== "FAILED") return "not failed";
      if (isBlocking(item)) return "holding up others, until retried or skipped";
      if (!possible.resolve) return "resolved already";
      return canOperate ? undefined : FORBIDDEN;
  }
}
