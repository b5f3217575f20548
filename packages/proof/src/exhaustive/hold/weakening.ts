/** Rules that can be taken out, each with the fewest copies and steps by which that is noticed. */
export const WEAKENINGS = {
  noFollowUp: {
    removes: "after a resume the reconciler looks again, until nobody who saw the endpoint paused is left",
    copies: 1,
    steps: 9,
  },
  asksAfterLooking: {
    removes: "it asks for such old workers before it looks for held messages, not after",
    copies: 1,
    steps: 9,
  },
  drainedUnguarded: {
    removes: "the endpoint's dueAt is removed under the revision that was read",
    copies: 1,
    steps: 9,
  },
  resumeWithoutDueAt: { removes: "a resume gives the endpoint a dueAt", copies: 1, steps: 6 },
  holdUnguarded: { removes: "only a message that waits for its attempt is held", copies: 2, steps: 5 },
} as const;

export type WeakeningName = keyof typeof WEAKENINGS;
