import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import type { EventStore } from "@homing/core/event/event-store";
import type { LaneStore } from "@homing/core/lane/lane-store";
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
    findIds: (query) => store.findIds(query),
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

export function overridingEndpoints(
  endpoints: EndpointStore,
  methods: Partial<EndpointStore>,
): EndpointStore {
  return {
    insert: (endpoint) => endpoints.insert(endpoint),
    change: (...parts) => endpoints.change(...parts),
    raiseVersion: (senderId) => endpoints.raiseVersion(senderId),
    version: (senderId) => endpoints.version(senderId),
    listOf: (senderId) => endpoints.listOf(senderId),
    get: (...parts) => endpoints.get(...parts),
    getMany: (owners) => endpoints.getMany(owners),
    find: (endpointId) => endpoints.find(endpointId),
    list: (query) => endpoints.list(query),
    failing: (limit) => endpoints.failing(limit),
    due: (...parts) => endpoints.due(...parts),
    reserve: (...parts) => endpoints.reserve(...parts),
    ...methods,
  };
}

export function overridingLanes(lanes: LaneStore, methods: Partial<LaneStore>): LaneStore {
  return {
    shards: lanes.shards,
    linePlaces: lanes.linePlaces,
    get: (key) => lanes.get(key),
    getMany: (laneIds) => lanes.getMany(laneIds),
    join: (...parts) => lanes.join(...parts),
    openOverflow: (key) => lanes.openOverflow(key),
    joinSegment: (...parts) => lanes.joinSegment(...parts),
    hintSegment: (...parts) => lanes.hintSegment(...parts),
    arm: (...parts) => lanes.arm(...parts),
    pass: (...parts) => lanes.pass(...parts),
    seal: (...parts) => lanes.seal(...parts),
    load: (...parts) => lanes.load(...parts),
    moveOn: (...parts) => lanes.moveOn(...parts),
    disarm: (...parts) => lanes.disarm(...parts),
    mark: (...parts) => lanes.mark(...parts),
    nudge: (...parts) => lanes.nudge(...parts),
    segments: (...parts) => lanes.segments(...parts),
    due: (...parts) => lanes.due(...parts),
    list: (query) => lanes.list(query),
    ...methods,
  };
}
