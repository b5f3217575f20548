/** The endpoints of senders: the registered targets that events go to. */
import { newIdempotencyKey, type SendOptions } from "./idempotency-key.ts";
import { messageJson } from "./json-text.ts";
import { itemsOf, queryOf, type Stretches, stretchesOf } from "./pages.ts";
import type { CallOptions, Transport } from "./transport.ts";
import type {
  AnsweredDelivery,
  DeletedEndpoint,
  DeliveryAnswer,
  EndpointFilter,
  EndpointInput,
  EndpointList,
  EndpointPatch,
  EndpointSecret,
  EndpointTest,
  EndpointTested,
  EndpointView,
  PageOptions,
  ReplayFilter,
  ReplayResult,
  RotationInput,
  TakeInput,
  TakenDeliveries,
} from "./types.ts";

export class Endpoints {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  create(
    endpoint: EndpointInput,
    { idempotencyKey = newIdempotencyKey(), ...options }: SendOptions = {},
  ): Promise<EndpointView> {
    return this.#transport.change("POST", "/v1/endpoints", endpoint, { ...options, idempotencyKey });
  }

  /** One page, newest first. It may be short, or empty, and still have a `nextCursor`. */
  listPage(filter: EndpointFilter & PageOptions = {}, options: CallOptions = {}): Promise<EndpointList> {
    return this.#transport.read(`/v1/endpoints${queryOf(filter)}`, options);
  }

  /** Every matching endpoint, newest first, page by page as they are asked for. */
  list(
    filter: EndpointFilter = {},
    options: CallOptions = {},
  ): AsyncGenerator<EndpointView, void, undefined> {
    return itemsOf((place) => this.listPage({ ...filter, ...place }, options));
  }

  get(endpointId: string, options: CallOptions = {}): Promise<EndpointView> {
    return this.#transport.read(pathOf(endpointId), options);
  }

  /** What is not given stays, null takes away; the members of `headers` and `metadata` are merged. */
  update(endpointId: string, patch: EndpointPatch, options: CallOptions = {}): Promise<EndpointView> {
    return this.#transport.change("PATCH", pathOf(endpointId), patch, options);
  }

  delete(endpointId: string, options: CallOptions = {}): Promise<DeletedEndpoint> {
    return this.#transport.change("DELETE", pathOf(endpointId), undefined, options);
  }

  /** Its deliveries are held until it is activated; no attempt is counted. */
  pause(endpointId: string, options: CallOptions = {}): Promise<EndpointView> {
    return this.#move(endpointId, "pause", options);
  }

  /** It gets no more events, and what waits for it fails. */
  disable(endpointId: string, options: CallOptions = {}): Promise<EndpointView> {
    return this.#move(endpointId, "disable", options);
  }

  /** It gets events again, and what was held is released. */
  activate(endpointId: string, options: CallOptions = {}): Promise<EndpointView> {
    return this.#move(endpointId, "activate", options);
  }

  /** One stretch of a replay: at most a thousand messages or events, oldest first, or ten seconds. */
  replayPage(
    endpointId: string,
    filter: ReplayFilter & PageOptions,
    options: CallOptions = {},
  ): Promise<ReplayResult> {
    return this.#replay(endpointId, filter, options);
  }

  /** Brings it what it has missed, stretch by stretch; yields what each has done. */
  replayAll(endpointId: string, filter: ReplayFilter, options: CallOptions = {}): Stretches<ReplayResult> {
    return stretchesOf((stretch) => this.#replay(endpointId, { ...filter, ...stretch }, options));
  }

  /** How many messages or events `replayAll` would bring now; changes nothing. */
  async countReplay(endpointId: string, filter: ReplayFilter, options: CallOptions = {}): Promise<number> {
    let count = 0;
    const dry = { ...filter, dryRun: true };
    const pages = stretchesOf((stretch) => this.#replay(endpointId, { ...dry, ...stretch }, options));
    for await (const { replayed } of pages) count += replayed;
    return count;
  }

  /** Nothing is brought twice by it. */
  #replay(endpointId: string, body: object, options: CallOptions): Promise<ReplayResult> {
    const again = { ...options, repeatable: true };
    return this.#transport.change("POST", `${pathOf(endpointId)}/replay`, body, again);
  }

  /** What its receiver verifies with. */
  secret(endpointId: string, options: CallOptions = {}): Promise<EndpointSecret> {
    return this.#transport.read(`${pathOf(endpointId)}/secret`, options);
  }

  /** A new secret; the old one signs along for `graceSeconds`, a day unless given. Each call makes another one. */
  rotate(
    endpointId: string,
    rotation: RotationInput = {},
    options: CallOptions = {},
  ): Promise<EndpointSecret> {
    return this.#transport.change("POST", `${pathOf(endpointId)}/rotate`, rotation, options);
  }

  /** Sends it an event of its own, whatever its types and its state. Each call sends another one. */
  async test(
    endpointId: string,
    event: EndpointTest = {},
    options: CallOptions = {},
  ): Promise<EndpointTested> {
    return this.#transport.call({
      ...options,
      method: "POST",
      path: `${pathOf(endpointId)}/test`,
      body: messageJson(event, "The event"),
      repeatable: false,
    });
  }

  /**
   * For a listener: what it holds while it is PAUSED. Make each request at once and answer what came of it; after
   * `leaseSeconds` without an answer the delivery is held anew.
   */
  take(endpointId: string, take: TakeInput = {}, options: CallOptions = {}): Promise<TakenDeliveries> {
    const again = { ...options, repeatable: true };
    return this.#transport.change("POST", `${pathOf(endpointId)}/take`, take, again);
  }

  /** What came of a delivery that was taken. It is counted once. */
  answer(endpointId: string, answer: DeliveryAnswer, options: CallOptions = {}): Promise<AnsweredDelivery> {
    const again = { ...options, repeatable: true };
    return this.#transport.change("POST", `${pathOf(endpointId)}/answer`, answer, again);
  }

  #move(endpointId: string, verb: string, options: CallOptions): Promise<EndpointView> {
    // Where it is already, it stays.
    const again = { ...options, repeatable: true };
    return this.#transport.change("POST", `${pathOf(endpointId)}/${verb}`, undefined, again);
  }
}

function pathOf(endpointId: string): string {
  return `/v1/endpoints/${encodeURIComponent(endpointId)}`;
}
