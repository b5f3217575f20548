/** Homing's API for programs: typed, without dependencies, for Node, browsers and workers alike. */
import { sendInBatches } from "./batch.ts";
import { Endpoints } from "./endpoints.ts";
import { Events } from "./events.ts";
import { newIdempotencyKey, type SendOptions } from "./idempotency-key.ts";
import { JsonText, messageJson } from "./json-text.ts";
import { itemsOf, queryOf, type Stretches, stretchesOf } from "./pages.ts";
import { type CallOptions, Transport, type TransportOptions } from "./transport.ts";
import type {
  Accepted,
  BatchAcceptedResult,
  BatchEntry,
  BatchOutcome,
  BulkCancelResult,
  BulkResolveResult,
  BulkRetryResult,
  CancelFilter,
  CreatedKey,
  DryRunResult,
  KeyFilter,
  KeyList,
  KeyView,
  LaneFilter,
  LaneList,
  LaneView,
  ListFilter,
  ListItem,
  MessageInput,
  MessageList,
  MessageView,
  Moved,
  NewKey,
  NewPortalLink,
  OwnKey,
  PageOptions,
  PortalLink,
  ResolveFilter,
  RetryFilter,
  RotatedSender,
  SeriesFilter,
  SeriesView,
  StatsFilter,
  StatsView,
  Status,
  TargetList,
} from "./types.ts";

export { HomingError } from "./homing-error.ts";
export { InvalidArgumentError } from "./invalid-argument-error.ts";
export { JsonText } from "./json-text.ts";
export type { CallOptions } from "./transport.ts";
export type * from "./types.ts";

export type ClientOptions = TransportOptions;

type BulkBody = RetryFilter & PageOptions & { readonly status: Status; readonly dryRun?: true };

/**
 * Every call repeats itself where the API says that this is safe and useful, waiting as `retry-after` asks, and
 * then throws a HomingError. What sends always carries an idempotency key, so that repeating never doubles.
 */
export class HomingClient {
  readonly #transport: Transport;

  /** Where events go to. */
  readonly endpoints: Endpoints;
  readonly events: Events;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.endpoints = new Endpoints(this.#transport);
    this.events = new Events(this.#transport);
  }

  /**
   * Stores and queues one message. A HomingError whose `stored` is true tells of a message that is kept and will
   * be sent without another call. The body is a value, or a `JsonText` that is sent as it is written.
   */
  async send(
    message: MessageInput,
    { idempotencyKey = newIdempotencyKey(), ...options }: SendOptions = {},
  ): Promise<Accepted> {
    return this.#transport.call({
      ...options,
      method: "POST",
      path: "/v1/messages",
      body: messageJson(message, "The message"),
      idempotencyKey,
      repeatable: true,
    });
  }

  /**
   * Sends any number of messages, as many a call as the API takes. Answers what became of each, in their order;
   * those whose problem is retryable have been sent again by then. A call that fails is told as the problem of each
   * of its messages, and so is what was left when the signal ended the rest: nothing that was accepted is forgotten.
   *
   * @throws InvalidArgumentError before anything is sent.
   */
  sendBatch(messages: readonly BatchEntry[], options: CallOptions = {}): Promise<BatchOutcome[]> {
    return sendInBatches<BatchAcceptedResult>(this.#transport, "messages", messages, options);
  }

  get(messageId: string, options: CallOptions = {}): Promise<MessageView> {
    return this.#transport.read(pathOf(messageId), options);
  }

  /** The same as JSON text: numbers, order and escapes of its body are as they were written. */
  async getJson(messageId: string, options: CallOptions = {}): Promise<JsonText> {
    return new JsonText(await this.#transport.read(pathOf(messageId), { ...options, asText: true }));
  }

  /** One page, newest first. It may be short, or empty, and still have a `nextCursor`. */
  listPage(filter: ListFilter & PageOptions = {}, options: CallOptions = {}): Promise<MessageList> {
    return this.#transport.read(`/v1/messages${queryOf(filter)}`, options);
  }

  /** Every matching message, newest first, page by page as they are asked for. */
  list(filter: ListFilter = {}, options: CallOptions = {}): AsyncGenerator<ListItem, void, undefined> {
    return itemsOf((place) => this.listPage({ ...filter, ...place }, options));
  }

  /** A new round of attempts for a failed message; a waiting one is sent now. */
  retry(messageId: string, options: CallOptions = {}): Promise<Moved> {
    return this.#transport.change("POST", `${pathOf(messageId)}/retry`, undefined, options);
  }

  cancel(messageId: string, options: CallOptions = {}): Promise<Moved> {
    return this.#transport.change("POST", `${pathOf(messageId)}/cancel`, undefined, options);
  }

  /** A failure that has been dealt with: it stays FAILED and is still found, and counts as one no more. */
  resolve(messageId: string, options: CallOptions = {}): Promise<Moved> {
    return this.#transport.change("POST", `${pathOf(messageId)}/resolve`, undefined, options);
  }

  /** Those behind a failed message that blocks its order go on without it. */
  skip(messageId: string, options: CallOptions = {}): Promise<Moved> {
    return this.#transport.change("POST", `${pathOf(messageId)}/skip`, undefined, options);
  }

  /** What is first of an ordering key, since when, and how many wait behind it. */
  lane(orderingKey: string, { senderId, ...options }: CallOptions & LaneFilter = {}): Promise<LaneView> {
    return this.#transport.read(
      `/v1/lanes/${encodeURIComponent(orderingKey)}${queryOf({ senderId })}`,
      options,
    );
  }

  /** Ordering keys whose messages do not move, the longest first, page by page as they are asked for. */
  lanes(filter: LaneFilter = {}, options: CallOptions = {}): AsyncGenerator<LaneView, void, undefined> {
    return itemsOf((place) =>
      this.#transport.read<LaneList>(`/v1/lanes${queryOf({ ...filter, ...place })}`, options),
    );
  }

  /** One stretch of a bulk retry: at most a thousand messages, or ten seconds. */
  retryPage(filter: RetryFilter & PageOptions = {}, options: CallOptions = {}): Promise<BulkRetryResult> {
    return this.#bulk({ status: "FAILED", ...filter }, options);
  }

  /** How many failed messages `retryAll`, or `resolveAll`, would look at now; changes nothing. */
  countRetryable(filter: RetryFilter = {}, options: CallOptions = {}): Promise<number> {
    return this.#count({ status: "FAILED", ...filter }, options);
  }

  /** Retries every failed message that matches, stretch by stretch; yields what each has done. */
  retryAll(filter: RetryFilter = {}, options: CallOptions = {}): Stretches<BulkRetryResult> {
    return stretchesOf((stretch) => this.retryPage({ ...filter, ...stretch }, options));
  }

  /** One stretch of resolving many failures, likewise. */
  resolvePage(
    filter: ResolveFilter & PageOptions = {},
    options: CallOptions = {},
  ): Promise<BulkResolveResult> {
    return this.#bulk({ status: "FAILED", ...filter }, options, "resolve");
  }

  /** Resolves every failed message that matches, stretch by stretch; yields what each has done. */
  resolveAll(filter: ResolveFilter = {}, options: CallOptions = {}): Stretches<BulkResolveResult> {
    return stretchesOf((stretch) => this.resolvePage({ ...filter, ...stretch }, options));
  }

  /** One stretch of a bulk cancellation, likewise. */
  cancelPage(filter: CancelFilter & PageOptions, options: CallOptions = {}): Promise<BulkCancelResult> {
    return this.#bulk(filter, options);
  }

  /** How many messages `cancelAll` would look at now; changes nothing. */
  countCancellable(filter: CancelFilter, options: CallOptions = {}): Promise<number> {
    return this.#count(filter, options);
  }

  /** Cancels every message that matches and waits in this status, stretch by stretch; yields what each has done. */
  cancelAll(filter: CancelFilter, options: CallOptions = {}): Stretches<BulkCancelResult> {
    return stretchesOf((stretch) => this.cancelPage({ ...filter, ...stretch }, options));
  }

  async #count(filter: BulkBody, options: CallOptions): Promise<number> {
    let count = 0;
    const pages = stretchesOf((stretch) =>
      this.#bulk<DryRunResult>({ ...filter, ...stretch, dryRun: true }, options),
    );
    for await (const { matching } of pages) count += matching;
    return count;
  }

  /** Those that were moved match no more: repeating the call never moves one twice. */
  #bulk<T>(
    body: BulkBody,
    options: CallOptions,
    verb = body.status === "FAILED" ? "retry" : "cancel",
  ): Promise<T> {
    return this.#transport.change("POST", `/v1/messages/${verb}`, body, { ...options, repeatable: true });
  }

  stats({ senderId, endpointId, ...options }: CallOptions & StatsFilter = {}): Promise<StatsView> {
    return this.#transport.read(`/v1/stats${queryOf({ senderId, endpointId })}`, options);
  }

  /** What happened over an hour, a day or a week, step by step. */
  series({
    period,
    senderId,
    endpointId,
    target,
    ...options
  }: CallOptions & SeriesFilter = {}): Promise<SeriesView> {
    const filter = { period, senderId, endpointId, target };
    return this.#transport.read(`/v1/stats/series${queryOf(filter)}`, options);
  }

  /** How each host and endpoint fares, the failing ones first; `basis` says of which messages that is told. */
  targets({ senderId, ...options }: CallOptions & LaneFilter = {}): Promise<TargetList> {
    return this.#transport.read(`/v1/targets${queryOf({ senderId })}`, options);
  }

  /** All keys that this one may manage, or those of one sender (`*`: of all senders), newest first. */
  async listKeys({ senderId, ...options }: CallOptions & KeyFilter = {}): Promise<KeyView[]> {
    const keys: KeyView[] = [];
    const all = itemsOf<KeyView>((place) =>
      this.#transport.read<KeyList>(`/v1/keys${queryOf({ senderId, ...place })}`, options),
    );
    for await (const key of all) keys.push(key);
    return keys;
  }

  /** Whose key this client uses, and what it may do. */
  ownKey(options: CallOptions = {}): Promise<OwnKey> {
    return this.#transport.read("/v1/keys/self", options);
  }

  /** The answer holds the key, which is never shown again. */
  createKey(key: NewKey, options: CallOptions = {}): Promise<CreatedKey> {
    return this.#transport.change("POST", "/v1/keys", key, options);
  }

  revokeKey(keyId: string, options: CallOptions = {}): Promise<KeyView> {
    return this.#transport.change("DELETE", `/v1/keys/${encodeURIComponent(keyId)}`, undefined, options);
  }

  /** A link to the portal of one sender, for that sender's own people; it opens it for whoever has it. */
  createPortalLink(portal: NewPortalLink, options: CallOptions = {}): Promise<PortalLink> {
    return this.#transport.change("POST", "/v1/portal", portal, options);
  }

  /** Replaces a sender's signing secret; the old one signs along for 24 hours. */
  rotateSender(senderId: string, options: CallOptions = {}): Promise<RotatedSender> {
    return this.#transport.change(
      "POST",
      `/v1/senders/${encodeURIComponent(senderId)}/rotate`,
      undefined,
      options,
    );
  }
}

function pathOf(messageId: string): string {
  return `/v1/messages/${encodeURIComponent(messageId)}`;
}
