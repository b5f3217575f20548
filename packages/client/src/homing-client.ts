/** Homing's API for programs: typed, without dependencies, for Node, browsers and workers alike. */
import { type CallOptions, Transport, type TransportOptions } from "./transport.ts";
import type {
  Accepted,
  BatchEntry,
  BatchResult,
  BulkRetryResult,
  CreatedKey,
  KeyList,
  KeyView,
  ListFilter,
  ListItem,
  MessageInput,
  MessageList,
  MessageView,
  Moved,
  NewKey,
  OwnKey,
  RetryFilter,
  RotatedSender,
  StatsView,
} from "./types.ts";

export { HomingError } from "./homing-error.ts";
export type { CallOptions } from "./transport.ts";
export type * from "./types.ts";

export type ClientOptions = TransportOptions;

export interface SendOptions extends CallOptions {
  /** Of your own, if the same message may be sent again by another process or after a restart. */
  readonly idempotencyKey?: string | undefined;
}

type BatchOutcome = BatchResult["results"][number];

const PAGE = 100;
/** The most messages that one call of the API takes. */
const BATCH = 100;
const BULK_RETRY = 1_000;

/**
 * Every call repeats itself where the API says that this is safe and useful, waiting as `retry-after` asks, and
 * then throws a HomingError. What sends always carries an idempotency key, so that repeating never doubles.
 */
export class HomingClient {
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
  }

  /**
   * Stores and queues one message. A HomingError whose `stored` is true tells of a message that is kept and will
   * be sent without another call.
   */
  send(
    message: MessageInput,
    { idempotencyKey = newIdempotencyKey(), ...options }: SendOptions = {},
  ): Promise<Accepted> {
    return this.#transport.call({
      ...options,
      method: "POST",
      path: "/v1/messages",
      body: message,
      headers: { "idempotency-key": idempotencyKey },
      repeatable: true,
    });
  }

  /**
   * Sends any number of messages, a hundred a call. Answers what became of each, in their order; those whose
   * problem is retryable have been sent again by then.
   */
  async sendBatch(messages: readonly BatchEntry[], options: CallOptions = {}): Promise<BatchOutcome[]> {
    const keyed = messages.map((message) => ({ idempotencyKey: newIdempotencyKey(), ...message }));
    const outcomes: BatchOutcome[] = [];
    for (let start = 0; start < keyed.length; start += BATCH)
      outcomes.push(...(await this.#sendChunk(keyed.slice(start, start + BATCH), options)));
    return outcomes.map((outcome, index) => ({ ...outcome, index }));
  }

  async #sendChunk(messages: readonly BatchEntry[], options: CallOptions): Promise<BatchOutcome[]> {
    let outcomes = await this.#postBatch(messages, options);
    for (let tries = 0; tries < this.#transport.retries; tries += 1) {
      const again = outcomes.flatMap((outcome, at) => (isRetryable(outcome) ? [at] : []));
      if (again.length === 0) break;
      await this.#transport.pause(this.#transport.waitMs(tries), options.signal);
      const repeated = await this.#postBatch(
        messages.filter((_, at) => again.includes(at)),
        options,
      );
      outcomes = outcomes.map((outcome, at) => repeated[again.indexOf(at)] ?? outcome);
    }
    return outcomes;
  }

  async #postBatch(messages: readonly BatchEntry[], options: CallOptions): Promise<BatchOutcome[]> {
    const { results } = await this.#transport.call<BatchResult>({
      ...options,
      method: "POST",
      path: "/v1/messages/batch",
      body: { messages },
      repeatable: true,
    });
    return results;
  }

  get(messageId: string, options: CallOptions = {}): Promise<MessageView> {
    return this.#read(`/v1/messages/${encodeURIComponent(messageId)}`, options);
  }

  /** One page, newest first. It may be short, or empty, and still have a `nextCursor`. */
  listPage(
    filter: ListFilter & { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
    options: CallOptions = {},
  ): Promise<MessageList> {
    return this.#read(`/v1/messages${queryOf(filter)}`, options);
  }

  /** Every matching message, newest first, page by page as they are asked for. */
  async *list(filter: ListFilter = {}, options: CallOptions = {}): AsyncGenerator<ListItem, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.listPage({ ...filter, limit: PAGE, cursor }, options);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** A new round of attempts for a failed message; a waiting one is sent now. */
  retry(messageId: string, options: CallOptions = {}): Promise<Moved> {
    return this.#change("POST", `/v1/messages/${encodeURIComponent(messageId)}/retry`, options);
  }

  cancel(messageId: string, options: CallOptions = {}): Promise<Moved> {
    return this.#change("POST", `/v1/messages/${encodeURIComponent(messageId)}/cancel`, options);
  }

  /** One stretch of a bulk retry: at most a thousand messages, or ten seconds. */
  retryPage(
    filter: RetryFilter & { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
    options: CallOptions = {},
  ): Promise<BulkRetryResult> {
    const { since, until, ...rest } = filter;
    const body = { status: "FAILED", ...rest, since: timeOf(since), until: timeOf(until) };
    // Those that were brought back are no longer failed: repeating the call never retries one twice.
    return this.#transport.call({
      ...options,
      method: "POST",
      path: "/v1/messages/retry",
      body,
      repeatable: true,
    });
  }

  /** Retries every failed message that matches, stretch by stretch; yields what each has done. */
  async *retryAll(
    filter: RetryFilter = {},
    options: CallOptions = {},
  ): AsyncGenerator<BulkRetryResult, void, undefined> {
    let cursor: string | undefined;
    do {
      const stretch = await this.retryPage({ ...filter, limit: BULK_RETRY, cursor }, options);
      yield stretch;
      cursor = stretch.nextCursor;
    } while (cursor !== undefined);
  }

  stats({
    senderId,
    ...options
  }: CallOptions & { readonly senderId?: string | undefined } = {}): Promise<StatsView> {
    return this.#read(`/v1/stats${queryOf({ senderId })}`, options);
  }

  /** All keys that this one may manage, newest first. */
  async listKeys(options: CallOptions = {}): Promise<KeyView[]> {
    const keys: KeyView[] = [];
    let cursor: string | undefined;
    do {
      const page: KeyList = await this.#read(`/v1/keys${queryOf({ limit: PAGE, cursor })}`, options);
      keys.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return keys;
  }

  /** Whose key this client uses, and what it may do. */
  ownKey(options: CallOptions = {}): Promise<OwnKey> {
    return this.#read("/v1/keys/self", options);
  }

  /** The answer holds the key, which is never shown again. */
  createKey(key: NewKey, options: CallOptions = {}): Promise<CreatedKey> {
    return this.#change("POST", "/v1/keys", options, key);
  }

  revokeKey(keyId: string, options: CallOptions = {}): Promise<KeyView> {
    return this.#change("DELETE", `/v1/keys/${encodeURIComponent(keyId)}`, options);
  }

  /** Replaces a sender's signing secret; the old one signs along for 24 hours. */
  rotateSender(senderId: string, options: CallOptions = {}): Promise<RotatedSender> {
    return this.#change("POST", `/v1/senders/${encodeURIComponent(senderId)}/rotate`, options);
  }

  #read<T>(path: string, options: CallOptions): Promise<T> {
    return this.#transport.call({ ...options, method: "GET", path, repeatable: true });
  }

  #change<T>(method: "POST" | "DELETE", path: string, options: CallOptions, body?: unknown): Promise<T> {
    return this.#transport.call({
      ...options,
      method,
      path,
      ...(body === undefined ? {} : { body }),
      repeatable: method === "DELETE",
    });
  }
}

/** 128 random bits; `randomUUID` is missing where a page came over plain HTTP. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isRetryable(outcome: BatchOutcome): boolean {
  return "problem" in outcome && outcome.problem.retryable;
}

function queryOf(filter: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined) query.append(name, value instanceof Date ? value.toISOString() : String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}

function timeOf(time: Date | string | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time;
}
