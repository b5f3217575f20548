/** The mutants of the fan-out: the system with one rule of events or endpoints taken out. */
import { matchEndpoints } from "@homing/core/endpoint/match";
import type { Event } from "@homing/core/event/event";
import * as EventLifecycle from "@homing/core/event/event-lifecycle";
import { decodeExpandCopy, sliceName } from "@homing/core/event/slice";
import { messageIdOf } from "@homing/core/message/message-id";
import type { Ledger } from "./simulate/ledger.ts";
import type { Mutant, MutantContext } from "./simulate/mutant.ts";
import { overriding, overridingEvents } from "./simulate/overriding.ts";

/** As if every slice had been noted. */
const EVERYTHING: ReadonlySet<string> = new (class extends Set<string> {
  override has(): boolean {
    return true;
  }
})();

const A_WEEK_BUT_AN_HOUR_MS = (7 * 24 - 1) * 3_600_000;

const isDelivery = ({ eventId }: { readonly eventId?: string }) => eventId !== undefined;

/** The endpoints that an event would go to now. */
function matchedNow(event: Event, { fanOut }: Ledger, now: number): readonly string[] {
  const endpoints = fanOut
    .endpointIds()
    .flatMap((endpointId) => fanOut.believable(endpointId, now, now).slice(-1))
    .flatMap((endpoint) => endpoint ?? [])
    .filter(({ senderId }) => senderId === event.senderId);
  return matchEndpoints(endpoints, event).matched.map(({ endpointId }) => endpointId);
}

/** An expansion that has not begun: its `done` and revision are another event's matter. */
function matchedAnew(event: Event, { ledger, now }: MutantContext): Event {
  return event.status === "PENDING" ? { ...event, matched: matchedNow(event, ledger, now()) } : event;
}

export const EVENT_MUTANTS: readonly Mutant[] = [
  {
    name: "event first",
    removes: "an event is stored once its messages are there",
    events: (events) => {
      const unstored = new Map<string, Event>();
      return overridingEvents(events, {
        insert: async (event) => {
          const existing = await events.get(event.eventId);
          if (existing) return { applied: false, event: existing };
          unstored.set(event.eventId, event);
          return { applied: true, event };
        },
        apply: async (eventId, transition) => {
          const event = unstored.get(eventId);
          if (event) await events.insert(event);
          return events.apply(eventId, transition);
        },
      });
    },
  },
  {
    name: "payload first",
    removes: "a payload is stored once its event is there",
    events: (events) => {
      const unstored: Array<() => Promise<unknown>> = [];
      return overridingEvents(events, {
        putPayload: async (owner, payload, expiresAt) => {
          unstored.push(() => events.putPayload(owner, payload, expiresAt));
          return (await events.getPayload(owner)) ?? { payload, expiresAt };
        },
        insert: async (event) => {
          const written = await events.insert(event);
          for (const put of unstored.splice(0)) await put();
          return written;
        },
      });
    },
  },
  {
    name: "messages first",
    removes: "an event is EXPANDED before its messages are there",
    events: (events, { now }) =>
      overridingEvents(events, {
        insert: async (event) => {
          const written = await events.insert(event);
          if (!written.applied || event.status !== "PENDING") return written;
          const occasion = { now: now(), token: `early-${event.writeId}` };
          await events.apply(event.eventId, EventLifecycle.expanded(event, occasion));
          return written;
        },
      }),
  },
  {
    name: "event due",
    removes: "a PENDING event has no dueAt",
    events: (events) =>
      overridingEvents(events, {
        insert: ({ dueAt: _, ...event }) => events.insert(event),
      }),
  },
  {
    name: "matched once, reconciler",
    removes: "a reconciler matches again",
    events: (events, context) =>
      context.role !== "reconciler"
        ? events
        : overridingEvents(events, {
            getMany: async (eventIds) =>
              (await events.getMany(eventIds)).map((event) => matchedAnew(event, context)),
          }),
  },
  {
    name: "matched once, call",
    removes: "a repeated call matches again",
    events: (events) =>
      overridingEvents(events, {
        insert: async (event) => {
          const { applied, event: stored } = await events.insert(event);
          if (applied || stored === undefined)
            return stored ? { applied, event: stored } : { applied: false };
          return { applied, event: { ...stored, matched: event.matched } };
        },
      }),
  },
  {
    name: "event kept",
    removes: "a repeated call overwrites the event",
    eventBackend: (events) => {
      const written = new Map<string, Event>();
      return overridingEvents(events, {
        insert: async (event) => {
          written.set(event.eventId, event);
          await events.insert(event);
          return { applied: true, event };
        },
        get: async (eventId) => written.get(eventId),
        getMany: async (eventIds) =>
          (await events.getMany(eventIds)).map((event) => written.get(event.eventId) ?? event),
        apply: async (eventId, transition) => {
          const event = written.get(eventId);
          const next = event && EventLifecycle.performEvent(transition, event);
          if (!next) return event ? { applied: false, event } : { applied: false };
          written.set(eventId, next);
          await events.apply(eventId, transition);
          return { applied: true, event: next };
        },
      });
    },
  },
  {
    name: "EXPANDED as read",
    removes: "an event is EXPANDED in whatever revision it is",
    events: (events, { ledger }) =>
      overridingEvents(events, {
        apply: (eventId, transition) => {
          const { revision = 0, matched = [] } = ledger.fanOut.state(eventId) ?? {};
          if (transition.name !== "expanded") return events.apply(eventId, transition);
          return events.apply(eventId, {
            ...transition,
            when: { ...transition.when, revision, status: ["PENDING", "EXPANDED"] },
            set: { ...transition.set, revision: revision + 1, done: matched.length },
          });
        },
      }),
  },
  {
    name: "slice made, then noted",
    removes: "a slice is noted before its messages are there",
    events: (events, { role, records }) =>
      role !== "worker"
        ? events
        : overridingEvents(events, {
            get: async (eventId) => {
              const event = await events.get(eventId);
              for (const { body } of records) {
                const copy = decodeExpandCopy(body);
                if (event && copy?.eventId === eventId)
                  await events.noteSlice(eventId, sliceName(copy), event.expiresAt);
              }
              return event;
            },
          }),
  },
  {
    name: "all slices",
    removes: "an event is EXPANDED with the first of its slices",
    events: (events) =>
      overridingEvents(events, {
        noteSlice: async (...parts) => {
          await events.noteSlice(...parts);
          return EVERYTHING;
        },
      }),
  },
  {
    name: "dead letter of a slice",
    removes: "an event fails with what was to expand a part of it",
    events: (events, { role, ledger, now }) =>
      overridingEvents(events, {
        apply: (eventId, transition) => {
          const event = ledger.fanOut.state(eventId);
          if (role !== "deadLetters" || !event) return events.apply(eventId, transition);
          const occasion = { now: now(), token: transition.set.writeId };
          return events.apply(eventId, EventLifecycle.giveUp(event, occasion));
        },
      }),
  },
  {
    name: "done is done",
    removes: "an event that is replayed is expanded from its first endpoint on",
    events: (events, { role }) =>
      overridingEvents(events, {
        apply: async (eventId, transition) => {
          const written = await events.apply(eventId, transition);
          if (transition.name !== "append" || !written.applied) return written;
          return { applied: true, event: { ...written.event, done: 0 } };
        },
        getMany: async (eventIds) =>
          (await events.getMany(eventIds)).map((event) =>
            role === "reconciler" && event.status === "PENDING" ? { ...event, done: 0 } : event,
          ),
      }),
  },
  {
    name: "replay due",
    removes: "an event that an endpoint is added to has no dueAt",
    events: (events) =>
      overridingEvents(events, {
        apply: (eventId, transition) => {
          if (transition.name !== "append") return events.apply(eventId, transition);
          const { dueAt: _, ...set } = transition.set;
          return events.apply(eventId, { ...transition, set });
        },
      }),
  },
  {
    name: "replay's own",
    removes: "a replay adds its endpoint although another one has changed the event since",
    events: (events, { ledger }) =>
      overridingEvents(events, {
        apply: (eventId, transition) => {
          const { revision = 0 } = ledger.fanOut.state(eventId) ?? {};
          if (transition.name !== "append") return events.apply(eventId, transition);
          return events.apply(eventId, {
            ...transition,
            when: { status: ["PENDING", "EXPANDED"], revision },
            set: { ...transition.set, revision: revision + 1 },
          });
        },
      }),
  },
  {
    name: "a week to expand",
    removes: "an event is given up after an hour",
    events: (events, { role }) =>
      overridingEvents(events, {
        getMany: async (eventIds) =>
          (await events.getMany(eventIds)).map((event) =>
            role === "reconciler"
              ? { ...event, pendingSince: event.pendingSince - A_WEEK_BUT_AN_HOUR_MS }
              : event,
          ),
      }),
  },
  {
    name: "whose copy",
    removes: "who finds a message already there sends its copy too",
    store: (store) =>
      overriding(store, {
        insert: async (message) => {
          const result = await store.insert(message);
          return isDelivery(message) && !result.applied ? { applied: true, message } : result;
        },
      }),
  },
  {
    name: "delivery due",
    removes: "a delivery begins without a dueAt",
    store: (store) =>
      overriding(store, {
        insert: ({ dueAt, ...message }) =>
          store.insert(isDelivery(message) || dueAt === undefined ? message : { ...message, dueAt }),
      }),
  },
  {
    name: "own id",
    removes: "the id of a delivery follows from its event alone",
    store: (store) =>
      overriding(store, {
        insert: (message) =>
          store.insert(
            message.eventId === undefined
              ? message
              : { ...message, messageId: messageIdOf(["delivery", message.eventId]) },
          ),
      }),
  },
  {
    name: "version asked for",
    removes: "endpoints that are remembered are used without asking for their version",
    endpointReads: (reads) => {
      const known = new Map<string, Promise<number>>();
      return {
        ...reads,
        version: (senderId) => {
          const version = known.get(senderId) ?? reads.version(senderId);
          known.set(senderId, version);
          version.catch(() => known.delete(senderId));
          return version;
        },
      };
    },
  },
  {
    name: "version first",
    removes: "endpoints are read before their version",
    endpointReads: (reads) => {
      const read = new Map<string, Awaited<ReturnType<typeof reads.listOf>>>();
      return {
        ...reads,
        version: async (senderId) => {
          read.set(senderId, await reads.listOf(senderId));
          return reads.version(senderId);
        },
        listOf: async (senderId) => read.get(senderId) ?? reads.listOf(senderId),
      };
    },
  },
  {
    name: "version raised last",
    removes: "the version is raised before the endpoint is written",
    raisesVersionFirst: true,
  },
  {
    name: "reconciler of events",
    removes: "there is no reconciler",
    withoutReconciler: true,
  },
  {
    name: "fresh configuration",
    removes: "what was known of an endpoint when its copy was made is used for ever",
    endpointReader: (reader) => ({ ...reader, read: async (owner, known) => known ?? reader.read(owner) }),
  },
  {
    name: "state obeyed",
    removes: "a delivery goes out whatever the state of its endpoint is",
    endpointReader: (reader) => ({
      ...reader,
      read: async (owner, known) => {
        const read = await reader.read(owner, known);
        return read && { ...read, state: "ACTIVE" };
      },
    }),
  },
  {
    name: "one payload",
    removes: "a repeated call sends its own bytes, not the stored ones",
    events: (events) =>
      overridingEvents(events, {
        putPayload: async (owner, payload, expiresAt) => ({
          ...(await events.putPayload(owner, payload, expiresAt)),
          payload,
        }),
      }),
  },
];
