/** The mutants of what a process does, on one machine, with the claims of the one before: one condition taken out of each. */
import { abandonLease } from "@homing/core/message/claims";
import { changing, without } from "./changing.ts";
import type { Mutant } from "./simulate/mutant.ts";

export const RESTART_MUTANTS: readonly Mutant[] = [
  {
    name: "abandoned claim",
    removes: "the end of a claim whose process has ended does not require the claim that was read",
    store: without(["abandonLease"], "claimId"),
  },
  {
    name: "abandoned status",
    removes: "a lease is ended whatever has become of its message since it was read",
    store: without(["abandonLease"], "status"),
  },
  {
    name: "abandoned attempt",
    removes: "an attempt whose process has ended counts as never made",
    store: changing(["abandonLease"], (transition, current) => ({
      ...transition,
      set: { status: "QUEUED", attempt: (current?.attempt ?? 1) - 1 },
      remove: ["leaseUntil"],
    })),
  },
  {
    name: "own claim",
    removes: "a process ends the claims that it has made itself",
    handed: () => ({ add: () => {}, forget: () => {}, abandonLease }),
  },
  {
    name: "own claim, left",
    removes: "a process ends claims of its own whose copies it has given back",
    forgetsGivenBack: true,
  },
  {
    name: "listener's claim",
    removes: "a listener's claim ends with the process, although the listener does not",
    handed: (handed) => ({
      add: (...copy) => handed.add(...copy),
      forget: (copy) => handed.forget(copy),
      abandonLease: ({ claimId = "", ...message }, occasion) => {
        const transition = handed.abandonLease({ ...message, claimId: "a worker's" }, occasion);
        return transition && { ...transition, when: { ...transition.when, claimId } };
      },
    }),
  },
  {
    name: "lock",
    removes: "a process begins while the one before lives",
    withoutLock: true,
  },
];
