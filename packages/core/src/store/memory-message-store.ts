/** The whole store in memory: the reference for every other one, and what the model test runs on. */
import type { Clock } from "../clock.ts";
import { hasPart } from "../id-part.ts";
import {
  type Attempt,
  attentionOf,
  heldOf,
  LIST_GROUPS,
  listGroupOf,
  type Message,
  type Payload,
  throttledOf,
} from "../message/message.ts";
import { shardOf } from "../message/message-id.ts";
import { newestFirst, oldestFirst, soonestDueFirst } from "../message/order.ts";
import { carriesToken, perform, type Transition } from "../message/transition.ts";
import {
  type DuePage,
  type DueQuery,
  type DueRow,
  type IdPage,
  type IdQuery,
  type IndexRow,
  LATEST_ATTEMPTS,
  type ListPosition,
  type ListQuery,
  type MessageDetail,
  type MessageStore,
  type PayloadOwner,
  type PayloadSummary,
  type WriteResult,
} from "./message-store.ts";
import { DEFAULT_SHARDS } from "./table-definition.ts";

interface DueItem {
  readonly id: string;
  readonly dueAt: number;
}

/** A store that shares the due index. */
export interface DueSource {
  allDue(): ReadonlyArray<Pick<DueItem, "id"> & Partial<DueItem>>;
}

export class MemoryMessageStore implements MessageStore {
  readonly shards = DEFAULT_SHARDS;
  readonly #clock: Pick<Clock, "now">;
  readonly #others: DueSource;
  readonly #messages = new Map<string, Message>();
  readonly #payloads = new Map<string, { payload: Payload; expiresAt: number }>();
  readonly #attempts = new Map<string, Map<string, Attempt>>();

  /** `others`: what else waits in the same due index. */
  constructor(clock: Pick<Clock, "now">, others: DueSource = { allDue: () => [] }) {
    this.#clock = clock;
    this.#others = others;
  }

  async insert(message: Message): Promise<WriteResult> {
    const existing = this.#read(message.messageId);
    if (existing) return { applied: existing.writeId === message.writeId, message: existing };
    this.#messages.set(message.messageId, message);
    return { applied: true, message };
  }

  async apply(messageId: string, transition: Transition): Promise<WriteResult> {
    const current = this.#read(messageId);
    const next = current && perform(transition, current);
    if (next) {
      this.#messages.set(messageId, next);
      return { applied: true, message: next };
    }
    if (carriesToken(current, transition.token)) return { applied: true, message: current };
    return { applied: false, ...(current ? { message: current } : {}) };
  }

  async putPayload(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<void> {
    this.#payloads.set(payloadKey(owner), { payload, expiresAt });
  }

  async putPayloadIfAbsent(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<Payload> {
    const existing = this.#payload(owner);
    if (existing) return existing;
    this.#payloads.set(payloadKey(owner), { payload, expiresAt });
    return payload;
  }

  async keepPayload(owner: PayloadOwner, expiresAt: number): Promise<boolean> {
    const payload = this.#payload(owner);
    if (payload) this.#payloads.set(payloadKey(owner), { payload, expiresAt });
    return payload !== undefined;
  }

  async putAttempt(messageId: string, attempt: Attempt, _expiresAt: number): Promise<void> {
    const attempts = this.#attempts.get(messageId) ?? new Map<string, Attempt>();
    attempts.set(`${attempt.number} ${attempt.claimId}`, attempt);
    this.#attempts.set(messageId, attempts);
  }

  async get(messageId: string): Promise<Message | undefined> {
    return this.#read(messageId);
  }

  async getMany(messageIds: readonly string[]): Promise<readonly Message[]> {
    return messageIds.map((id) => this.#read(id)).filter((message) => message !== undefined);
  }

  async getPayload(owner: PayloadOwner): Promise<Payload | undefined> {
    return this.#payload(owner);
  }

  async getSummaries(messages: readonly Message[]): Promise<ReadonlyMap<string, PayloadSummary>> {
    const summaries = new Map<string, PayloadSummary>();
    for (const message of messages) {
      const payload = await this.getPayload(message);
      if (!payload) continue;
      const { targetUrl, method, metadata } = payload;
      summaries.set(message.messageId, { targetUrl, method, ...(metadata ? { metadata } : {}) });
    }
    return summaries;
  }

  async getDetail(messageId: string): Promise<MessageDetail | undefined> {
    const message = this.#read(messageId);
    if (!message) return undefined;
    const payload = await this.getPayload(message);
    const attempts = [...(this.#attempts.get(messageId)?.values() ?? [])]
      .filter((attempt) => attempt.startedAt >= message.createdAt)
      .sort((a, b) => a.number - b.number || a.startedAt - b.startedAt)
      .slice(-LATEST_ATTEMPTS);
    return { message, ...(payload ? { payload } : {}), attempts };
  }

  async list({
    groups,
    senderId,
    failed,
    resolved,
    endpointId,
    oldestFirst: isOldestFirst,
    since = 0,
    until = Infinity,
    after,
    limit,
  }: ListQuery): Promise<readonly IndexRow[]> {
    const inOrder = isOldestFirst ? oldestFirst : newestFirst;
    const isIndexed = (message: Message) => {
      if (endpointId !== undefined) return message.endpointId === endpointId;
      if (senderId === undefined) return groups.includes(listGroupOf(message));
      return message.senderId === senderId && (!failed || isFailed(message, resolved));
    };
    return this.#all()
      .filter(isIndexed)
      .filter(({ createdAt }) => createdAt >= since && createdAt < until)
      .filter((message) => after === undefined || inOrder(after, message) < 0)
      .sort(inOrder)
      .slice(0, limit)
      .map(({ messageId, createdAt }) => ({ messageId, createdAt }));
  }

  async findIds({ part, ...query }: IdQuery): Promise<IdPage> {
    const rows = await this.list({ ...query, groups: LIST_GROUPS, limit: Number.POSITIVE_INFINITY });
    return { rows: rows.filter(({ messageId }) => hasPart(messageId, part)) };
  }

  async listHeld(
    endpointId: string,
    limit: number,
    after?: ListPosition,
    rounds: readonly number[] = [],
  ): Promise<readonly IndexRow[]> {
    return this.#inAttention([heldOf(endpointId), ...rounds.map((round) => throttledOf(endpointId, round))])
      .filter((message) => after === undefined || oldestFirst(after, message) < 0)
      .sort(oldestFirst)
      .slice(0, limit)
      .map(({ messageId, createdAt }) => ({ messageId, createdAt }));
  }

  async countHeld(endpointId: string, most: number): Promise<number> {
    return Math.min(most, this.#inAttention([heldOf(endpointId)]).length);
  }

  #inAttention(partitions: readonly string[]): Message[] {
    return this.#all().filter((message) => partitions.includes(attentionOf(message) ?? ""));
  }

  async listDue({ after, limit }: DueQuery): Promise<readonly DueRow[]> {
    return this.#all()
      .filter((message): message is Message & DueRow => message.dueAt !== undefined)
      .filter((message) => after === undefined || soonestDueFirst(after, message) < 0)
      .sort(soonestDueFirst)
      .slice(0, limit)
      .map(({ messageId, dueAt }) => ({ messageId, dueAt }));
  }

  async due(shard: number, until: number, limit: number, from?: string): Promise<DuePage> {
    const messages = this.#all().map(({ messageId, dueAt }) => ({ id: messageId, dueAt }));
    const due = [...messages, ...this.#others.allDue()]
      .filter((one): one is DueItem => one.dueAt !== undefined && one.dueAt <= until)
      .filter(({ id }) => shardOf(id, this.shards) === shard)
      .map((one) => ({ key: dueKey(one), id: one.id }))
      .filter(({ key }) => from === undefined || key > from)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const page = due.slice(0, limit);
    const last = page.at(-1);
    return {
      ids: page.map(({ id }) => id),
      ...(last && due.length > limit ? { next: last.key } : {}),
    };
  }

  async ping(): Promise<void> {}

  #payload(owner: PayloadOwner): Payload | undefined {
    const stored = this.#payloads.get(payloadKey(owner));
    return stored && stored.expiresAt > this.#clock.now() ? stored.payload : undefined;
  }

  #read(messageId: string): Message | undefined {
    const message = this.#messages.get(messageId);
    return message && !isExpired(message, this.#clock.now()) ? message : undefined;
  }

  #all(): Message[] {
    const now = this.#clock.now();
    return [...this.#messages.values()].filter((message) => !isExpired(message, now));
  }
}

function isExpired(message: Message, now: number): boolean {
  return message.expiresAt !== undefined && message.expiresAt <= now;
}

function payloadKey({ messageId, requestHash, createdAt }: PayloadOwner): string {
  return `${messageId} ${requestHash} ${createdAt}`;
}

function dueKey({ dueAt, id }: DueItem): string {
  return `${String(dueAt).padStart(16, "0")} ${id}`;
}

function isFailed({ status, resolvedAt }: Message, resolved: boolean | undefined): boolean {
  return status === "FAILED" && (resolved === undefined || resolved === (resolvedAt !== undefined));
}
