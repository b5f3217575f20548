/** What somebody wants done with an endpoint, before it is confirmed. */
export type Change = "ACTIVATE" | "DISABLE" | "DELETE";

export const DONE_TEXTS: Record<Change, string> = {
  ACTIVATE: "Activated. It gets its events from now on; Replay brings what it missed.",
  DISABLE: "Disabled. It gets no more events.",
  DELETE: "Deleted.",
};
