/** The mutants of strict order: the system with one guard of lanes, or of messages in them, taken out. */
import type { LaneWrite } from "@homing/core/lane/lane-store";
import type { Message } from "@homing/core/message/message";
import { changing } from "./mutants.ts";
import type { Mutant } from "./simulate/mutant.ts";
import { overriding, overridingLanes } from "./simulate/overriding.ts";

const FOURTEEN_DAYS_MS = 14 * 24 * 3_600_000;

/** A store in which messages are read without one of their attributes. */
function reading(
  change: (message: Message) => Message,
  ...roles: readonly string[]
): NonNullable<Mutant["store"]> {
  return (store, { role }) =>
    roles.length > 0 && !roles.includes(role)
      ? store
      : overriding(store, {
          get: async (messageId) => {
            const message = await store.get(messageId);
            return message && change(message);
          },
          getMany: async (messageIds) => (await store.getMany(messageIds)).map(change),
        });
}

export const ORDER_MUTANTS: readonly Mutant[] = [
  {
    name: "O4",
    removes: "passing takes away whoever is the head",
    lanes: (lanes) =>
      overridingLanes(lanes, {
        pass: async (key, place, now, expiresAt) => {
          const [head = place] = (await lanes.get(key))?.line ?? [];
          return lanes.pass(key, head, now, expiresAt);
        },
      }),
  },
  {
    name: "O5",
    removes: "a head that is under way is passed",
    store: reading(
      (message) =>
        message.orderingKey && message.status === "PROCESSING"
          ? { ...message, status: "COMPLETED" }
          : message,
      "producer",
    ),
  },
  {
    name: "O6",
    removes: "a failed message that blocks is passed",
    store: reading(({ afterFailure: _, ...message }) => message),
  },
  {
    name: "O7",
    removes: "a manual retry of a message that others have passed does not wait for another turn",
    store: changing(["retryAtEnd"], (transition) => {
      const { waitsForTurn: _, round: __, ...set } = transition.set;
      return { ...transition, set };
    }),
  },
  {
    name: "O8",
    removes: "a manual retry of a message that blocks goes to the end of the line",
    store: changing(["retryInPlace"], (transition, current) => ({
      ...transition,
      set: { ...transition.set, waitsForTurn: true, round: (current?.round ?? 0) + 1 },
    })),
  },
  {
    name: "O10",
    removes: "the reconciler enqueues what waits for its turn",
    store: reading(({ waitsForTurn: _, ...message }) => message, "reconciler"),
  },
  {
    name: "O13",
    removes: "a lane in which somebody waits has no dueAt",
    lanes: (lanes) =>
      overridingLanes(lanes, {
        arm: async (key): Promise<LaneWrite> => {
          const lane = await lanes.get(key);
          return { applied: true, ...(lane ? { lane } : {}) };
        },
      }),
  },
  {
    name: "O15",
    removes: "a release leaves the far dueAt as it was",
    store: changing(["release"], (transition) => {
      const { dueAt: _, ...set } = transition.set;
      return { ...transition, set };
    }),
  },
  {
    name: "O16 far",
    removes: "a message has its far dueAt before it stands in line",
    store: (store) =>
      overriding(store, {
        insert: (message) =>
          store.insert(
            message.waitsForTurn
              ? { ...message, inLine: true, dueAt: (message.dueAt ?? 0) + FOURTEEN_DAYS_MS }
              : message,
          ),
      }),
  },
];
