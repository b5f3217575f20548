/** How mutants change what the core asks of its store, and what it is told of time. */
import { type Clock, momentOf } from "@homing/core/clock";
import { type Message, STATUSES } from "@homing/core/message/message";
import type { Condition, Transition } from "@homing/core/message/transition";
import type { Mutant, MutantContext, Role } from "./simulate/mutant.ts";
import { overriding } from "./simulate/overriding.ts";

type Change = (transition: Transition, current: Message | undefined, context: MutantContext) => Transition;

/** A store that writes other transitions than it is asked for. */
export function changing(names: readonly string[], change: Change): NonNullable<Mutant["store"]> {
  return (store, context) =>
    overriding(store, {
      apply: (messageId, transition, withinMs) =>
        store.apply(
          messageId,
          names.includes(transition.name)
            ? change(transition, context.ledger.state(messageId), context)
            : transition,
          withinMs,
        ),
    });
}

/** The transitions without some parts of their condition. */
export function without(
  names: readonly string[],
  ...parts: ReadonlyArray<keyof Condition>
): NonNullable<Mutant["store"]> {
  return changing(names, (transition) => {
    const when: Record<string, unknown> = { ...transition.when };
    for (const part of parts) delete when[part];
    return {
      ...transition,
      when: { ...when, status: parts.includes("status") ? STATUSES : transition.when.status },
    };
  });
}

export const OUTCOMES = ["complete", "fail", "retryLater"];

/** Workers that take their leases for so much longer than everybody else does. */
export function believingInALongerLease(ms: number): Pick<Mutant, "settings" | "store"> {
  return {
    settings: (settings, role) =>
      role === "worker" ? { ...settings, leaseMs: settings.leaseMs + ms } : settings,
    store: changing(["claim", "takeOver"], (transition) => ({
      ...transition,
      set: { ...transition.set, leaseUntil: (transition.set.leaseUntil ?? 0) - ms },
    })),
  };
}

/** A worker that looks at the time of day once, and adds what its monotonic clock says. */
export function byMonotonicTimeAlone(clock: Clock, role: Role): Clock {
  if (role !== "worker") return clock;
  const since = momentOf(clock);
  return {
    now: () => since.now + clock.monotonic() - since.monotonic,
    monotonic: () => clock.monotonic(),
  };
}
