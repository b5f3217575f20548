import { type buildConnector, Pool } from "undici";

export interface PoolLimits {
  /** Connections to one origin at a time; a request beyond them waits, within its own deadline. */
  readonly connectionsPerHost: number;
  /** Origins with a pool; beyond them the least recently used one is closed, once its requests are done. */
  readonly maxPools: number;
}

/** Well below the 5 s after which common servers close an idle connection, so that both rarely meet. */
const KEEP_ALIVE_MS = 3_000;
/** A server may ask for more by its keep-alive header, but not for ever. */
const KEEP_ALIVE_MAX_MS = 15_000;
const MAX_RESPONSE_HEADER_BYTES = 16_384;

/** Keep-alive connections by origin, bounded in every direction. */
export class ConnectionPools {
  readonly #pools = new Map<string, Pool>();
  readonly #lastUsedAt = new WeakMap<Pool, number>();
  readonly #connect: buildConnector.connector;
  readonly #limits: PoolLimits;
  readonly #now: () => number;

  /** `now` in milliseconds since the epoch: the one clock that goes on while the process is frozen. */
  constructor(connect: buildConnector.connector, limits: PoolLimits, now: () => number) {
    this.#connect = connect;
    this.#limits = limits;
    this.#now = now;
  }

  forOrigin(origin: string): Pool {
    this.#closeStale(origin);
    const pool = this.#pools.get(origin) ?? this.#open(origin);
    this.#lastUsedAt.set(pool, this.#now());
    // A map keeps the order of insertion: the last used moves to the end.
    this.#pools.delete(origin);
    this.#pools.set(origin, pool);
    this.#closeLeastRecentlyUsed();
    return pool;
  }

  /** Ends all connections, and the requests on them. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #open(origin: string): Pool {
    return new Pool(origin, {
      connect: this.#connect,
      connections: this.#limits.connectionsPerHost,
      allowH2: false,
      // One request at a time on a connection: undici repeats requests only behind another one.
      pipelining: 1,
      // The attempt's one deadline stands in for undici's own.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    });
  }

  /**
   * Lambda freezes a process between invocations, and with it the timers that end idle connections: they would
   * be used long after the other side closed them, at the price of an attempt.
   */
  #closeStale(origin: string): void {
    const pool = this.#pools.get(origin);
    if (pool === undefined || pool.stats.size > 0) return;
    if (Math.abs(this.#now() - (this.#lastUsedAt.get(pool) ?? 0)) <= KEEP_ALIVE_MS) return;
    this.#pools.delete(origin);
    void pool.close();
  }

  #closeLeastRecentlyUsed(): void {
    for (const [origin, pool] of this.#pools) {
      if (this.#pools.size <= this.#limits.maxPools) return;
      this.#pools.delete(origin);
      void pool.close();
    }
  }
}
