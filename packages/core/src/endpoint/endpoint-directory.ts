/** A sender's endpoints, remembered by their version: what was answered before somebody asks is always known. */
import { type Clock, elapsedMs, type Moment, momentOf } from "../clock.ts";
import { MINUTE } from "../duration.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointStore } from "./endpoint-store.ts";

/** Whatever the version says: a call that died between its change and the version must not hide the change for ever. */
const REMEMBERED_MS = MINUTE;
/** Of all senders, at some kilobytes each. */
const MOST_REMEMBERED = 10_000;

/** What was read under a version, or is being read. */
interface Reading<Endpoints> {
  readonly version: number;
  readonly since: Moment;
  readonly endpoints: Endpoints;
}

type Remembered = Reading<readonly Endpoint[]>;

export interface KnownEndpoints {
  readonly endpoints: readonly Endpoint[];
  /** Milliseconds since the epoch: every change that was answered before is known. */
  readonly readAt: number;
}

export class EndpointDirectory {
  readonly #store: Pick<EndpointStore, "version" | "listOf">;
  readonly #clock: Clock;
  readonly #mostRemembered: number;
  readonly #senders = new Map<string, Remembered>();
  /** Under way, by sender: a batch of events, or a sender's burst, costs one reading of a thousand endpoints. */
  readonly #readings = new Map<string, Reading<Promise<readonly Endpoint[]>>>();
  #remembered = 0;

  constructor(
    store: Pick<EndpointStore, "version" | "listOf">,
    clock: Clock,
    mostRemembered: number = MOST_REMEMBERED,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#mostRemembered = mostRemembered;
  }

  /**
   * The endpoints with every change that was answered before this call. The version is read first: a change that comes
   * between the two reads is then read with a version that is too old, and costs a reading more, never less.
   *
   * @throws StorageError
   */
  async of(senderId: string): Promise<KnownEndpoints> {
    const since = momentOf(this.#clock);
    const readAt = this.#clock.now();
    const version = await this.#store.version(senderId);
    const known = [this.#senders.get(senderId), this.#readings.get(senderId)].find(
      (reading) => reading?.version === version && elapsedMs(this.#clock, reading.since) < REMEMBERED_MS,
    );
    return { endpoints: await (known?.endpoints ?? this.#read(senderId, { version, since })), readAt };
  }

  async #read(senderId: string, under: Pick<Remembered, "version" | "since">): Promise<readonly Endpoint[]> {
    const reading = { ...under, endpoints: this.#store.listOf(senderId) };
    this.#readings.set(senderId, reading);
    try {
      const endpoints = await reading.endpoints;
      this.#remember(senderId, { ...under, endpoints });
      return endpoints;
    } finally {
      if (this.#readings.get(senderId) === reading) this.#readings.delete(senderId);
    }
  }

  #remember(senderId: string, read: Remembered): void {
    this.#forget(senderId);
    if (read.endpoints.length > this.#mostRemembered) return;
    this.#senders.set(senderId, read);
    this.#remembered += read.endpoints.length;
    // In the order in which they were read: the first has been known for longest.
    for (const oldest of this.#senders.keys()) {
      if (this.#remembered <= this.#mostRemembered && this.#senders.size <= this.#mostRemembered) return;
      this.#forget(oldest);
    }
  }

  #forget(senderId: string): void {
    this.#remembered -= this.#senders.get(senderId)?.endpoints.length ?? 0;
    this.#senders.delete(senderId);
  }
}
