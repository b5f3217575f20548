import type { EventStore } from "@homing/core/event/event-store";
import type { MessageStore } from "@homing/core/store/message-store";

/** The same store with some of its methods replaced. */
export function overriding(store: MessageStore, methods: Partial<MessageStore>): MessageStore {
  return {
    shards: store.shards,
    insert: (message) => store.insert(message),
    apply: (...parts) => store.apply(...parts),
    putPayload: (...parts) => store.putPayload(...parts),
    putPayloadIfAbsent: (...parts) => store.putPayloadIfAbsent(...parts),
    keepPayload: (...parts) => store.keepPayload(...parts),
    putAttempt: (...parts) => store.putAttempt(...parts),
    get: (messageId) => store.get(messageId),
    getMany: (messageIds) => store.getMany(messageIds),
    getPayload: (owner) => store.getPayload(owner),
    getSummaries: (messages) => store.getSummaries(messages),
    getDetail: (messageId) => store.getDetail(messageId),
    list: (query) => store.list(query),
    listHeld: (...parts) => store.listHeld(...parts),
    countHeld: (...parts) => store.countHeld(...parts),
    listDue: (query) => store.listDue(query),
    due: (...parts) => store.due(...parts),
    ping: () => store.ping(),
    ...methods,
  };
}

export function overridingEvents(events: EventStore, methods: Partial<EventStore>): EventStore {
  return {
    insert: (event) => events.insert(event),
    apply: (...parts) => events.apply(...parts),
    get: (eventId) => events.get(eventId),
    getMany: (eventIds) => events.getMany(eventIds),
    putPayload: (...parts) => events.putPayload(...parts),
    keepPayload: (...parts) => events.keepPayload(...parts),
    getPayload: (owner) => events.getPayload(owner),
    getSummaries: (owners) => events.getSummaries(owners),
    noteSlice: (...parts) => events.noteSlice(...parts),
    slices: (eventId) => events.slices(eventId),
    list: (query) => events.list(query),
    ...methods,
  };
}
