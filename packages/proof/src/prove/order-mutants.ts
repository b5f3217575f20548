/** The mutants of strict order: the system with one guard of lanes, or of messages in them, taken out. */
import { DAY, HOUR, SECOND } from "@homing/core/duration";
import type { LaneWrite } from "@homing/core/lane/lane-store";
import type { Message } from "@homing/core/message/message";
import { believingInALongerLease, changing, OUTCOMES, without } from "./changing.ts";
import type { Mutant, MutantContext } from "./simulate/mutant.ts";
import { overriding, overridingLanes } from "./simulate/overriding.ts";

const FOURTEEN_DAYS_MS = 14 * DAY;

type StoreChange = NonNullable<Mutant["store"]>;

/** A store in which messages are read without one of their attributes. */
function reading(change: (message: Message) => Message, ...roles: readonly string[]): StoreChange {
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

function withItsTurn({ waitsForTurn: _, ...message }: Message): Message {
  return message;
}

/** What a process has not stored yet, by the process: it does so once the message stands in line. */
const unstored = new WeakMap<MutantContext, Array<() => Promise<unknown>>>();

export const ORDER_MUTANTS: readonly Mutant[] = [
  {
    name: "O1",
    removes: "a copy of an earlier round is claimed while its message waits for its turn",
    store: without(["claim"], "waitsForTurn"),
  },
  {
    name: "O3",
    removes: "a release does not require the revision that was read",
    store: without(["release"], "revision"),
  },
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
    name: "O9",
    removes: "whoever asks for it by hand gets a message sent that waits for its turn",
    store: reading(withItsTurn, "operator"),
  },
  {
    name: "O10",
    removes: "the reconciler enqueues what waits for its turn",
    store: reading(withItsTurn, "reconciler"),
  },
  {
    name: "O11",
    removes: "a repeated call enqueues what waits for its turn",
    store: (store, context) =>
      context.role !== "producer"
        ? store
        : overriding(reading(withItsTurn)(store, context), {
            insert: async (message) => {
              const written = await store.insert(message);
              return written.applied || !written.message
                ? written
                : { applied: false, message: withItsTurn(written.message) };
            },
          }),
  },
  {
    name: "O12",
    removes: "a message joins its lane before it is stored",
    store: (store, context) =>
      context.role !== "producer"
        ? store
        : overriding(store, {
            insert: async (message) => {
              const existing = message.waitsForTurn && (await store.get(message.messageId));
              if (!message.waitsForTurn || existing) return store.insert(message);
              const later = unstored.get(context) ?? [];
              unstored.set(context, later);
              later.push(() => store.insert(message));
              return { applied: true, message };
            },
          }),
    lanes: (lanes, context) =>
      overridingLanes(lanes, {
        join: async (...given) => {
          const joined = await lanes.join(...given);
          for (const insert of unstored.get(context)?.splice(0) ?? []) await insert();
          return joined;
        },
      }),
    missedByOrder: true,
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
    name: "O16 near",
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
  {
    name: "O16 revision",
    removes: "the far dueAt is set whatever the revision is",
    store: without(["awaitTurn"], "revision"),
  },
  {
    name: "G9 in order",
    removes:
      "the end of a lease requires neither its claim nor that it is over, and a process runs as long as it likes",
    store: without(["leaseOver"], "claimId", "leaseOverAt"),
    remainingMs: () => 30 * SECOND,
    missedByOrder: true,
  },
  {
    name: "G10 in order",
    removes: "an outcome is written under whichever claim, however long its process has run",
    store: without(OUTCOMES, "claimId"),
    remainingMs: () => 30 * SECOND,
    missedByOrder: true,
  },
  {
    name: "G13 in order",
    removes: "a request leaves however little of its lease is left, and however long its process has run",
    ...believingInALongerLease(HOUR),
    remainingMs: () => 30 * SECOND,
    missedByOrder: true,
  },
  {
    name: "cancel in order",
    removes: "a message is cancelled while it is being delivered",
    store: changing(["cancel"], (transition) => ({
      ...transition,
      when: { ...transition.when, status: ["PENDING", "QUEUED", "PROCESSING"] },
    })),
    missedByOrder: true,
  },
];
