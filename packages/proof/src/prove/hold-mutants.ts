/** The mutants of endpoints that are paused, listened to, released, ended, rotated and tried: one rule taken out of each. */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { type EndpointChange, OLDEST_READER_MS } from "@homing/core/endpoint/endpoint-change";
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

const DAY_MS = 24 * 3_600_000;
/** More than any schedule has. */
const EVERY = 1_000;

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
    name: "held once",
    removes: "another copy of the attempt begins the 30 days of a held message anew",
    store: holding(({ when: { notHeld: _, ...when }, ...hold }) => ({ ...hold, when })),
  },
  {
    name: "hold's copy",
    removes: "a copy of another attempt holds a message",
    store: holding(({ when: { attempt: _, ...when }, ...hold }) => ({ ...hold, when })),
  },
  {
    name: "a week of peace",
    removes: "a held message is looked at every day",
    store: (store) =>
      overriding(store, {
        apply: (messageId, transition, withinMs) => {
          const { name, entry, set } = transition;
          const daily = { ...transition, set: { ...set, dueAt: (entry?.at ?? 0) + DAY_MS } };
          return store.apply(messageId, name === "holdOn" ? daily : transition, withinMs);
        },
      }),
  },
  {
    name: "oldest first",
    removes: "what was held is released newest first",
    store: (store, { role }) =>
      role !== "reconciler"
        ? store
        : overriding(store, {
            listHeld: async (endpointId, limit, after) =>
              after ? [] : (await store.listHeld(endpointId, EVERY)).toReversed().slice(0, limit),
          }),
  },
  {
    name: "first empty look",
    removes: "the first look that finds nothing ends the release",
    endpoints: (endpoints, { role }) =>
      role !== "reconciler"
        ? endpoints
        : overridingEndpoints(endpoints, {
            get: async (...parts) => {
              const endpoint = await endpoints.get(...parts);
              return endpoint && { ...endpoint, stateSince: endpoint.stateSince - OLDEST_READER_MS };
            },
          }),
  },
  {
    name: "drained as read",
    removes: "the release is ended although the endpoint was paused again since the look",
    endpoints: (endpoints, { role, ledger }) =>
      role !== "reconciler"
        ? endpoints
        : overridingEndpoints(endpoints, {
            change: async (read, made) => {
              const changed = await endpoints.change(read, made);
              if (changed) return changed;
              const isNow = ({ endpointId }: Endpoint) => endpointId === read.endpointId;
              const { revision } = ledger.fanOut.endpoints().find(isNow) ?? read;
              const set = { ...made.set, revision: revision + 1 };
              return endpoints.change({ ...read, revision }, { ...made, revision, set });
            },
          }),
  },
  {
    name: "older copies",
    removes: "an older copy decides over an attempt that somebody has asked for by hand",
    store: (store) =>
      overriding(store, {
        apply: (messageId, transition, withinMs) => {
          const { notForcedAttempt: _, ...when } = transition.when;
          return store.apply(messageId, { ...transition, when }, withinMs);
        },
      }),
  },
  {
    name: "no flood",
    removes: "all that was held is released at once",
    store: (store, { role }) =>
      role !== "reconciler"
        ? store
        : overriding(store, {
            listHeld: (endpointId, _limit, after) => store.listHeld(endpointId, EVERY, after),
          }),
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
      ...reader,
      read: async (owner, known) => {
        const read = await reader.read(owner, known);
        if (!read) return read;
        const { previousSecrets: _, ...rest } = read;
        return rest;
      },
    }),
  },
];
