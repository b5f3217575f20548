/** The writes of the protocol, each one conditional write on one item. */
import { B, type State } from "./state.ts";
import type { WeakeningName } from "./weakening.ts";

export interface Write {
  readonly kind: (typeof KINDS)[number];
  /** The endpoints matched, the endpoint of the message, or the revision that was read. */
  readonly of: number;
}

const KINDS = ["insertEvent", "insertMessage", "expanded", "append"] as const;
/** A number below it fits beside the kind. */
const MOST_OF = 32;

/** Whether the condition held, and the write was made. */
export function apply(state: State, { kind, of }: Write, weakening?: WeakeningName): boolean {
  const { table } = state;
  switch (kind) {
    case "insertEvent":
      if (table.revision && weakening !== "eventOverwritten") return false;
      table.matched = of;
      table.due = weakening === "noDueAt" ? 0 : 1;
      table.revision += 1;
      return true;
    case "insertMessage":
      if ((table.live | table.delivered) & of) {
        if (weakening !== "unconditionalInsert") return false;
        table.insertedTwice |= of;
      }
      table.live |= of;
      table.delivered &= ~of;
      return true;
    case "expanded":
      if (!table.revision || (weakening !== "expandedWithoutRevision" && table.revision !== of)) return false;
      table.due = 0;
      table.revision += 1;
      return true;
    case "append":
      if (!table.revision || table.revision !== of) return false;
      table.matched |= B;
      table.revision += 1;
      if (weakening !== "replayWithoutDueAt") table.due = 1;
      return true;
  }
}

/** As one byte; 0 is none. */
export function encodeWrite({ kind, of }: Write): number {
  return (KINDS.indexOf(kind) + 1) * MOST_OF + of;
}

export function decodeWrite(byte: number): Write {
  return { kind: KINDS[Math.floor(byte / MOST_OF) - 1] ?? "append", of: byte % MOST_OF };
}
