/** The mutants of endpoints that are paused, released, ended, rotated and tried: one rule taken out of each. */
import type { EndpointChange } from "@homing/core/endpoint/endpoint-change";
import type { Message } from "@homing/core/message/message";
import type { Transition } from "@homing/core/message/transition";
import type { Mutant } from "./simulate/mutant.ts";
import { overriding, overridingEndpoints } from "./simulate/overriding.ts";

/** A store that holds messages in another way. */
function holding(
  change: (hold: Transition, current: Message | undefined) => Transition,
): NonNullable<Mutant["store"]> {
  return (store, { ledger }) =>
    overriding(store, {
      apply: (messageId, transition, withinMs) =>
        store.apply(
          messageId,
          transition.name === "hold" ? change(transition, ledger.state(messageId)) : transition,
          withinMs,
        ),
    });
}

/** Endpoints that are changed to another state in another way. */
function changing(
  of: (change: EndpointChange) => boolean,
  change: (made: EndpointChange) => EndpointChange,
): NonNullable<Mutant["endpoints"]> {
  return (endpoints) =>
    overridingEndpoints(endpoints, {
      change: (read, made) => endpoints.change(read, of(made) ? change(made) : made),
    });
}

function withoutDueAt({ set: { dueAt: _, ...set }, ...made }: EndpointChange): EndpointChange {
  return { ...made, set };
}

export const HOLD_MUTANTS: readonly Mutant[] = [
  {
    name: "due once activated",
    removes: "nobody looks for what an endpoint holds once it is activated",
    endpoints: changing(({ set }) => set.state === "ACTIVE", withoutDueAt),
  },
  {
    name: "due once deleted",
    removes: "nobody looks for what an endpoint holds once it is deleted",
    endpoints: changing(
      ({ set }) => set.state === "DELETED",
      (made) => {
        const { set, ...rest } = withoutDueAt(made);
        return { ...rest, set: { ...set, expiresAt: set.updatedAt + 3_600_000 } };
      },
    ),
  },
  {
    name: "hold's attempt",
    removes: "a message that is held loses an attempt",
    store: holding((hold, current) => ({
      ...hold,
      set: { ...hold.set, attempt: (current?.attempt ?? 0) + 1 },
    })),
  },
  {
    name: "hold's wait",
    removes: "a message that is held forgets notBefore",
    store: holding((hold) => ({ ...hold, remove: [...hold.remove, "notBefore"] })),
  },
  {
    name: "hold's end",
    removes: "a message that is held is due at once",
    store: holding((hold) => ({ ...hold, set: { ...hold.set, dueAt: hold.set.updatedAt ?? 0 } })),
  },
  {
    name: "asked for by hand",
    removes: "what somebody asks for by hand obeys the state of the endpoint",
    queue: (queue) => ({
      send: (copies, timeoutMs) =>
        queue.send(
          copies.map((copy) => ({ ...copy, body: copy.body.replace('"forced":true', '"forced":false') })),
          timeoutMs,
        ),
      depth: () => queue.depth(),
      deadLetters: () => queue.deadLetters(),
    }),
  },
  {
    name: "endpoint's old secret",
    removes: "a rotation of an endpoint's secret ends the old one at once",
    endpointReader: (reader) => ({
      read: async (owner, known) => {
        const read = await reader.read(owner, known);
        if (!read) return read;
        const { previousSecrets: _, ...rest } = read;
        return rest;
      },
    }),
  },
];
