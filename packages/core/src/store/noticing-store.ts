import type { Message } from "../message/message.ts";
import type { Transition } from "../message/transition.ts";
import type { MessageStore } from "./message-store.ts";

/** Told of every write that was applied, whoever made it, before that one hears of it. */
export interface Noticing {
  readonly inserted?: () => void;
  readonly applied: (transition: Transition, message: Message) => void | Promise<void>;
}

export function noticingStore(store: MessageStore, { inserted, applied }: Noticing): MessageStore {
  return {
    shards: store.shards,
    insert: async (message) => {
      const result = await store.insert(message);
      if (result.applied) inserted?.();
      return result;
    },
    apply: async (messageId, transition, withinMs) => {
      const result = await store.apply(messageId, transition, withinMs);
      if (result.applied) await applied(transition, result.message);
      return result;
    },
    putPayload: (...args) => store.putPayload(...args),
    putPayloadIfAbsent: (...args) => store.putPayloadIfAbsent(...args),
    keepPayload: (...args) => store.keepPayload(...args),
    putAttempt: (...args) => store.putAttempt(...args),
    get: (...args) => store.get(...args),
    getMany: (...args) => store.getMany(...args),
    getPayload: (...args) => store.getPayload(...args),
    getSummaries: (...args) => store.getSummaries(...args),
    getDetail: (...args) => store.getDetail(...args),
    list: (...args) => store.list(...args),
    findIds: (...args) => store.findIds(...args),
    listHeld: (...args) => store.listHeld(...args),
    countHeld: (...args) => store.countHeld(...args),
    listDue: (...args) => store.listDue(...args),
    due: (...args) => store.due(...args),
    ping: () => store.ping(),
  };
}
