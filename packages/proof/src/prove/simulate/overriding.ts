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
    listDue: (query) => store.listDue(query),
    due: (...parts) => store.due(...parts),
    ping: () => store.ping(),
    ...methods,
  };
}
