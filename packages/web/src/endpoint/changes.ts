import type { Endpoint } from "../api/types.ts";

/** What somebody wants done with an endpoint, before it is confirmed. */
export type Change = "ACTIVATE" | "PAUSE" | "DISABLE" | "DELETE";

/** What can be done with it in its present state. The API decides; this only keeps away what would change nothing. */
export function changesFor({ state }: Pick<Endpoint, "state">): Readonly<Record<Change, boolean>> {
  return {
    ACTIVATE: state !== "ACTIVE",
    PAUSE: state === "ACTIVE",
    DISABLE: state !== "DISABLED",
    DELETE: true,
  };
}

export const DONE_TEXTS: Record<Change, string> = {
  ACTIVATE: "Activated. It gets its events from now on; Replay brings what it missed.",
  PAUSE: "Paused. Its deliveries are held.",
  DISABLE: "Disabled. It gets no more events.",
  DELETE: "Deleted.",
};
