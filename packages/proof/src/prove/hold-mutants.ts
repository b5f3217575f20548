/** The mutants of endpoints that are paused, listened to, released, ended, rotated and tried: one rule taken out of each. */
import type { EndpointChange } from "@homing/core/endpoint/endpoint-change";
import type { Message } from "@homing/core/message/message";
import type { Transition } from "@homing/core/message/transition";
import type { Mutant } from "./simulate/mutant.ts";
import { overriding, overridingEndpoints } from "./simulate/overriding.ts";

type ChangeOne = (transition: Transition, current: Message | undefined) => Transition;

/** A store that holds messages in another way. */
const holding = (change: ChangeOne) => writing("hold", change);

/** One that gives them to listeners in another way. */
const taking = (change: ChangeOne) => writing("take", change);

function writing(name: string, change: ChangeOne): NonNullable<Mutant["store"]> {
  return (store, { ledger }) =>
    overriding(store, {
      apply: (messageId, transition, withinMs) =>
        store.apply(
          messageId,
          transition.name === name ? change(transition, ledger.state(messageId)) : transition,
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
    name: "take's revision",
    removes: "a listener takes whatever is PENDING, not what it has read",
    store: taking((take) => ({ ...take, when: { status: take.when.status } })),
  },
  {
    name: "take's end",
    removes: "what a listener takes is due when it would have been held for a week",
    store: taking(({ set: { dueAt: _, ...set }, ...take }) => ({ ...take, set })),
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
