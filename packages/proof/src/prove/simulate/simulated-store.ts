/** The message store as one simulated process sees it: every call can meet an incident, every write is noted. */
import {
  type Attempt,
  attentionOf,
  heldOf,
  listGroupOf,
  type Message,
  type Payload,
  throttledOf,
} from "@homing/core/message/message";
import { shardOf } from "@homing/core/message/message-id";
import { newestFirst, oldestFirst } from "@homing/core/message/order";
import type { Transition } from "@homing/core/message/transition";
import type {
  DuePage,
  DueQuery,
  DueRow,
  IdPage,
  IdQuery,
  IndexRow,
  ListPosition,
  ListQuery,
  MessageDetail,
  MessageStore,
  PayloadOwner,
  PayloadSummary,
  WriteResult,
} from "@homing/core/store/message-store";
import type { Fault, Operation } from "./incident.ts";
import type { Network, Process } from "./process.ts";
import { type Surroundings, storageCall } from "./storage-call.ts";

export class SimulatedStore implements MessageStore {
  readonly shards: number;
  readonly #network: Network & Surroundings;
  readonly #process: Process;
  readonly #inner: MessageStore;

  constructor(network: Network & Surroundings, process: Process, inner: MessageStore) {
    this.#network = network;
    this.#process = process;
    this.#inner = inner;
    this.shards = inner.shards;
  }

  insert(message: Message): Promise<WriteResult> {
    const { ledger } = this.#network;
    ledger.learn(message.messageId, message.correlationId);
    if (message.eventId !== undefined) ledger.fanOut.wantsSpawn(message);
    return this.#write("insert", message.messageId, async () => {
      const result = await this.#inner.insert(message);
      // Whoever has made it knows it.
      if (result.applied) ledger.read(this.#process.name, [message.messageId]);
      return result;
    });
  }

  apply(messageId: string, transition: Transition, withinMs?: number): Promise<WriteResult> {
    const write = () => {
      this.#network.hooks.onApply(this.#process, messageId);
      return this.#inner.apply(messageId, transition);
    };
    const { ledger, scheduler } = this.#network;
    const { attribute, value } = transition.token;
    if (transition.name === "enqueue") this.#network.hooks.onEnqueue(this.#process, messageId);
    if (attribute === "claimId") ledger.claim(value, scheduler.now, this.#process, this.#process.clock);
    return this.#write(transition.name as Operation, messageId, write, withinMs);
  }

  putPayload(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<void> {
    return this.#call("putPayload", owner.messageId, async () => {
      await this.#inner.putPayload(owner, payload, expiresAt);
      this.#network.ledger.storedPayload(owner.messageId);
    });
  }

  async putPayloadIfAbsent(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<Payload> {
    try {
      return await this.#call("putPayloadIfAbsent", owner.messageId, async () => {
        const stored = await this.#inner.putPayloadIfAbsent(owner, payload, expiresAt);
        this.#network.ledger.storedPayload(owner.messageId);
        return stored;
      });
    } catch (error) {
      this.#network.ledger.withoutPayload.add(owner.messageId);
      throw error;
    }
  }

  keepPayload(owner: PayloadOwner, expiresAt: number): Promise<boolean> {
    return this.#call("keepPayload", owner.messageId, async () => {
      const isThere = await this.#inner.keepPayload(owner, expiresAt);
      this.#network.ledger.readPayload(owner.messageId, isThere);
      return isThere;
    });
  }

  putAttempt(messageId: string, attempt: Attempt, expiresAt: number, withinMs?: number): Promise<void> {
    const { ledger } = this.#network;
    const put = async () => {
      await this.#inner.putAttempt(messageId, attempt, expiresAt);
      const attempts = ledger.attempts.get(messageId) ?? new Map<string, Attempt>();
      attempts.set(`${attempt.number} ${attempt.claimId}`, attempt);
      ledger.attempts.set(messageId, attempts);
    };
    return this.#call("putAttempt", messageId, put, undefined, withinMs);
  }

  get(messageId: string, withinMs?: number): Promise<Message | undefined> {
    const get = async () => {
      const message = await this.#inner.get(messageId);
      this.#network.ledger.read(this.#process.name, [messageId]);
      return message;
    };
    return this.#call("get", messageId, get, undefined, withinMs);
  }

  async getMany(messageIds: readonly string[]): Promise<readonly Message[]> {
    if (messageIds.length === 0) return [];
    return this.#call("getMany", undefined, async () => {
      const messages = await this.#inner.getMany(messageIds);
      this.#network.ledger.read(
        this.#process.name,
        messages.map(({ messageId }) => messageId),
      );
      return messages;
    });
  }

  getPayload(owner: PayloadOwner): Promise<Payload | undefined> {
    return this.#call("getPayload", owner.messageId, async () => {
      const payload = await this.#inner.getPayload(owner);
      this.#network.ledger.readPayload(owner.messageId, payload !== undefined);
      return payload;
    });
  }

  getSummaries(messages: readonly Message[]): Promise<ReadonlyMap<string, PayloadSummary>> {
    return this.#call("getMany", undefined, () => this.#inner.getSummaries(messages));
  }

  getDetail(messageId: string): Promise<MessageDetail | undefined> {
    return this.#call("get", messageId, () => this.#inner.getDetail(messageId));
  }

  list(query: ListQuery): Promise<readonly IndexRow[]> {
    return this.#call("list", undefined, (fault, ms) => {
      if (query.endpointId !== undefined) this.#noteLook(fault === "stale" ? ms : 0);
      if (fault === "stale") return Promise.resolve(this.#staleList(query, ms));
      return this.#inner.list(query);
    });
  }

  findIds(query: IdQuery): Promise<IdPage> {
    return this.#call("list", undefined, () => this.#inner.findIds(query));
  }

  listHeld(
    endpointId: string,
    limit: number,
    after?: ListPosition,
    rounds: readonly number[] = [],
  ): Promise<readonly IndexRow[]> {
    const partitions = [heldOf(endpointId), ...rounds.map((round) => throttledOf(endpointId, round))];
    return this.#call("list", undefined, (fault, ms) =>
      fault === "stale"
        ? Promise.resolve(this.#staleHeld(partitions, limit, ms, after))
        : this.#inner.listHeld(endpointId, limit, after, rounds),
    );
  }

  countHeld(endpointId: string, most: number): Promise<number> {
    return this.#call("list", undefined, () => this.#inner.countHeld(endpointId, most));
  }

  listDue(query: DueQuery): Promise<readonly DueRow[]> {
    return this.#call("list", undefined, () => this.#inner.listDue(query));
  }

  due(shard: number, until: number, limit: number, from?: string): Promise<DuePage> {
    return this.#call(
      "due",
      undefined,
      (fault, ms) =>
        fault === "stale"
          ? Promise.resolve(this.#staleDue(shard, until, limit, ms))
          : this.#inner.due(shard, until, limit, from),
      ({ ids }) => (ids.length === 0 ? undefined : `${ids.length} rows`),
    );
  }

  ping(): Promise<void> {
    return this.#call("get", undefined, () => this.#inner.ping());
  }

  async #write(
    operation: Operation,
    messageId: string,
    write: () => Promise<WriteResult>,
    withinMs?: number,
  ): Promise<WriteResult> {
    const { ledger, scheduler } = this.#network;
    return this.#call(
      operation,
      messageId,
      async () => {
        const result = await write();
        if (result.message) ledger.observe(scheduler.now, this.#process.name, operation, result.message);
        return result;
      },
      ({ applied, message }) => `${applied ? "done" : "refused"}, the message is ${message?.status}`,
      withinMs,
    );
  }

  #call<T>(
    operation: Operation,
    messageId: string | undefined,
    effect: (fault: Fault | undefined, spanMs: number) => Promise<T>,
    tell?: (result: T) => string | undefined,
    withinMs?: number,
  ): Promise<T> {
    return storageCall(this.#network, this.#process, {
      withinMs,
      operation,
      messageId,
      effect,
      ...(tell ? { tell } : {}),
    });
  }

  #noteLook(ageMs: number): void {
    const { ledger, scheduler } = this.#network;
    ledger.fanOut.looks.set(this.#process.name, scheduler.now - ageMs);
  }

  #staleList(
    { groups, senderId, endpointId, failed, resolved, after, limit }: ListQuery,
    ageMs: number,
  ): readonly IndexRow[] {
    const { ledger, scheduler } = this.#network;
    return ledger
      .statesAt(scheduler.now - ageMs)
      .filter((message) => {
        if (endpointId !== undefined) return message.endpointId === endpointId;
        return senderId === undefined ? groups.includes(listGroupOf(message)) : message.senderId === senderId;
      })
      .filter(({ status }) => !failed || status === "FAILED")
      .filter(({ resolvedAt }) => resolved === undefined || resolved === (resolvedAt !== undefined))
      .sort(newestFirst)
      .filter((message) => after === undefined || newestFirst(after, message) < 0)
      .slice(0, limit)
      .map(({ messageId, createdAt }) => ({ messageId, createdAt }));
  }

  #staleHeld(
    partitions: readonly string[],
    limit: number,
    ageMs: number,
    after: ListPosition | undefined,
  ): readonly IndexRow[] {
    const { ledger, scheduler } = this.#network;
    return ledger
      .statesAt(scheduler.now - ageMs)
      .filter((message) => partitions.includes(attentionOf(message) ?? ""))
      .filter((message) => after === undefined || oldestFirst(after, message) < 0)
      .sort(oldestFirst)
      .slice(0, limit)
      .map(({ messageId, createdAt }) => ({ messageId, createdAt }));
  }

  /** The index as it was a while ago: recent changes are missing, old ones still there. */
  #staleDue(shard: number, until: number, limit: number, ageMs: number): DuePage {
    const { ledger, scheduler } = this.#network;
    const then = scheduler.now - ageMs;
    const messages = ledger.statesAt(then).map(({ messageId: id, dueAt }) => ({ id, dueAt }));
    const events = ledger.fanOut.statesAt(then).map(({ eventId: id, dueAt }) => ({ id, dueAt }));
    const rows = [...messages, ...events]
      .filter(({ id, dueAt }) => dueAt !== undefined && dueAt <= until && shardOf(id, this.shards) === shard)
      .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
    return { ids: rows.slice(0, limit).map(({ id }) => id) };
  }
}
