/** The mutants of endpoints with a rate limit: one rule taken out of each. */
import type { EndpointChange } from "@homing/core/endpoint/endpoint-change";
import type { Message } from "@homing/core/message/message";
import { changing, without } from "./changing.ts";
import type { Mutant } from "./simulate/mutant.ts";
import { overriding, overridingEndpoints } from "./simulate/overriding.ts";

const THROTTLES = ["throttle", "repace"];

/** Endpoints whose activations are written so. */
function activating(change: (made: EndpointChange) => EndpointChange): NonNullable<Mutant["endpoints"]> {
  return (endpoints) =>
    overridingEndpoints(endpoints, {
      change: (read, made) =>
        endpoints.change(read, made.set.repacesFrom === undefined ? made : change(made)),
    });
}

function withoutSlot({ slotAt: _, ...message }: Message): Message {
  return message;
}

export const PACE_MUTANTS: readonly Mutant[] = [
  {
    name: "slots in a line",
    removes: "each slot begins now, and not behind those that are reserved",
    endpoints: (endpoints) =>
      overridingEndpoints(endpoints, {
        reserve: (owner, request) => endpoints.reserve(owner, { ...request, since: request.now }),
      }),
  },
  {
    name: "a slot each",
    removes: "all that is enqueued together has one slot",
    endpoints: (endpoints) =>
      overridingEndpoints(endpoints, {
        reserve: async (owner, request) => {
          const slotsAt = await endpoints.reserve(owner, request);
          return slotsAt.map(() => slotsAt[0] ?? request.now);
        },
      }),
  },
  {
    name: "one turn, one slot",
    removes: "what has waited for its slot takes another when it is due",
    store: (store, { role }) =>
      role !== "reconciler"
        ? store
        : overriding(store, {
            getMany: async (messageIds) => (await store.getMany(messageIds)).map(withoutSlot),
          }),
  },
  {
    name: "throttled's slot",
    removes: "what is put off until its slot does not remember that it has one",
    store: (store, context) =>
      overriding(
        changing(THROTTLES, ({ set: { slotAt: _, ...set }, ...made }) => ({ ...made, set }))(store, context),
        {
          insert: (message) =>
            store.insert(message.pendingReason === "THROTTLED" ? withoutSlot(message) : message),
        },
      ),
  },
  {
    name: "throttled's end",
    removes: "nobody looks for what is put off until its slot",
    store: (store, context) =>
      overriding(
        changing(THROTTLES, (made) => ({ ...made, remove: [...made.remove, "dueAt"] }))(store, context),
        {
          insert: (message) => {
            const { dueAt: _, ...rest } = message;
            return store.insert(message.pendingReason === "THROTTLED" ? rest : message);
          },
        },
      ),
  },
  {
    name: "throttle's revision",
    removes: "whatever is PENDING is put off, not what was read",
    store: without(["throttle"], "revision"),
  },
  {
    name: "late copies",
    removes: "a copy that comes long after its slot goes by it all the same",
    queue: (queue) => ({
      send: (copies, timeoutMs) =>
        queue.send(
          copies.map((copy) => ({ ...copy, body: copy.body.replace(/"slotAt":\d+,/, "") })),
          timeoutMs,
        ),
      depth: () => queue.depth(),
      deadLetters: () => queue.deadLetters(),
    }),
  },
  {
    name: "repaced once",
    removes: "each late copy of an attempt puts it off again",
    store: without(["repace"], "slotAt"),
  },
  {
    name: "late once",
    removes: "what has taken another slot because it was late is asked again whether it is",
    store: (store, { role }) =>
      role !== "reconciler"
        ? store
        : overriding(store, {
            getMany: async (messageIds) =>
              (await store.getMany(messageIds)).map(({ repaced: _, ...message }) => message),
          }),
  },
  {
    name: "late remembered",
    removes: "what takes another slot because it was late does not remember that",
    store: changing(["throttle", "enqueue", "repace"], ({ set: { repaced: _, ...set }, ...made }) => ({
      ...made,
      set,
    })),
  },
  {
    name: "a round for each activation",
    removes: "who activates an endpoint leaves what it has put off at its slots",
    endpoints: activating(({ set: { paceRound: _, repacesFrom: __, ...set }, ...made }) => ({
      ...made,
      set,
    })),
  },
  {
    name: "rounds that are left",
    removes: "of what was put off only that of the latest round is given another slot",
    endpoints: activating(({ set, ...made }) => ({
      ...made,
      set: { ...set, repacesFrom: Math.max(0, (set.paceRound ?? 1) - 1) },
    })),
  },
  {
    name: "put off in which round",
    removes: "what is given another slot does not remember in which round, and is given one again and again",
    store: changing(["throttle"], ({ set: { paceRound: _, ...set }, ...made }) => ({ ...made, set })),
  },
  {
    name: "given another slot, due then",
    removes: "what was put off for days and is sent now is missed in days, if its copy is lost",
    store: (store, { ledger }) =>
      overriding(store, {
        apply: (messageId, made, withinMs) => {
          const before = ledger.state(messageId);
          const comesNear =
            made.name === "enqueue" &&
            before?.pendingReason === "THROTTLED" &&
            (made.set.dueAt ?? Infinity) < (before.dueAt ?? 0);
          const { dueAt: _, ...set } = made.set;
          return store.apply(messageId, comesNear ? { ...made, set } : made, withinMs);
        },
      }),
  },
  {
    name: "limits of retries",
    removes: "who enqueues what was stored before does not know of the limit",
    endpointReader: (reader) => ({
      ...reader,
      read: async (owner, known) => {
        const read = await reader.read(owner, known);
        if (!read) return read;
        const { rateLimit: _, ...rest } = read;
        return rest;
      },
    }),
  },
  {
    name: "unlimited",
    removes: "endpoints that have no limit are paced all the same",
    endpointReads: (reads) => ({
      ...reads,
      listOf: async (senderId) =>
        (await reads.listOf(senderId)).map((endpoint) => ({
          rateLimit: { count: 1, period: "1s" },
          ...endpoint,
        })),
    }),
  },
];
