import { Connection, KEEP_ALIVE_MS } from "./connection.ts";
import type { Connect } from "./guarded-connector.ts";

export interface PoolLimits {
  /** Connections to one origin at a time; whoever wants one more waits for its turn. */
  readonly connectionsPerHost: number;
  /** Origins with a pool; beyond them the idle connections of the least recently used one are closed. */
  readonly maxPools: number;
}

interface OriginPool {
  readonly lent: Set<Connection>;
  /** The last given back is at the end, and lent first. */
  readonly idle: Connection[];
  /** In the order in which they came. */
  readonly waiting: Array<(connection: Connection | undefined) => void>;
}

/** Keep-alive connections by origin, bounded in every direction, each lent to one attempt at a time. */
export class ConnectionPools {
  readonly #pools = new Map<string, OriginPool>();
  readonly #connect: Connect;
  readonly #limits: PoolLimits;
  readonly #now: () => number;

  /** `now` in milliseconds since the epoch: the one clock that goes on while the process is frozen. */
  constructor(connect: Connect, limits: PoolLimits, now: () => number) {
    this.#connect = connect;
    this.#limits = limits;
    this.#now = now;
  }

  /** A connection to give back with `release`; undefined if none came free within `waitMs`. */
  async borrow(origin: string, waitMs: number): Promise<Connection | undefined> {
    const pool = this.#poolOf(origin);
    this.#closeStale(pool);
    if (pool.lent.size < this.#limits.connectionsPerHost) return this.#lend(pool, origin);
    return new Promise((resolve) => {
      const turn = (connection: Connection | undefined) => {
        clearTimeout(limit);
        resolve(connection);
      };
      const giveUp = () => {
        pool.waiting.splice(pool.waiting.indexOf(turn), 1);
        resolve(undefined);
      };
      const limit = Number.isFinite(waitMs) ? setTimeout(giveUp, waitMs) : undefined;
      pool.waiting.push(turn);
    });
  }

  release(connection: Connection): void {
    connection.lastUsedAt = this.#now();
    // A turn of the event loop in which a server that closes behind its answer can be heard.
    if (connection.isReusable) setImmediate(() => this.#takeBack(connection));
    else this.#takeBack(connection);
  }

  #takeBack(connection: Connection): void {
    const pool = this.#pools.get(connection.origin);
    if (pool === undefined || !pool.lent.delete(connection)) return void connection.destroy();
    if (connection.isReusable) pool.idle.push(connection);
    else void connection.destroy();
    pool.waiting.shift()?.(this.#lend(pool, connection.origin));
    this.#forgetIfEmpty(connection.origin, pool);
  }

  /** Ends all connections, and the requests on them. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    for (const turn of pools.flatMap(({ waiting }) => waiting.splice(0))) turn(undefined);
    await Promise.all(pools.flatMap(({ lent, idle }) => [...lent, ...idle]).map((each) => each.destroy()));
  }

  #poolOf(origin: string): OriginPool {
    const pool = this.#pools.get(origin) ?? { lent: new Set(), idle: [], waiting: [] };
    // A map keeps the order of insertion: the last used moves to the end.
    this.#pools.delete(origin);
    this.#pools.set(origin, pool);
    this.#closeLeastRecentlyUsed();
    return pool;
  }

  #lend(pool: OriginPool, origin: string): Connection {
    const connection = pool.idle.pop() ?? this.#create(pool, origin);
    pool.lent.add(connection);
    return connection;
  }

  #create(pool: OriginPool, origin: string): Connection {
    const connection = new Connection(origin, this.#connect);
    connection.onClosed(() => {
      connection.isReusable = false;
      const at = pool.idle.indexOf(connection);
      if (at >= 0) pool.idle.splice(at, 1);
      this.#forgetIfEmpty(origin, pool);
    });
    return connection;
  }

  /**
   * Lambda freezes a process between invocations, and with it the timers that end idle connections: they would
   * be used long after the other side closed them, at the price of an attempt.
   */
  #closeStale(pool: OriginPool): void {
    const now = this.#now();
    const isFresh = ({ lastUsedAt }: Connection) => Math.abs(now - lastUsedAt) <= KEEP_ALIVE_MS;
    // In the order of their last use: between two that are fresh, all are.
    const [first] = pool.idle;
    const last = pool.idle.at(-1);
    if (first === undefined || last === undefined || (isFresh(first) && isFresh(last))) return;
    for (const connection of pool.idle.splice(0)) {
      if (isFresh(connection)) pool.idle.push(connection);
      else void connection.destroy();
    }
  }

  #closeLeastRecentlyUsed(): void {
    let tooMany = this.#pools.size - this.#limits.maxPools;
    for (const [origin, pool] of this.#pools) {
      if (tooMany <= 0) return;
      tooMany -= 1;
      for (const connection of pool.idle.splice(0)) void connection.destroy();
      this.#forgetIfEmpty(origin, pool);
    }
  }

  /** A connection may tell of its end when its pool is forgotten already, and another one has taken the place. */
  #forgetIfEmpty(origin: string, pool: OriginPool): void {
    const isEmpty = pool.lent.size + pool.idle.length + pool.waiting.length === 0;
    if (isEmpty && this.#pools.get(origin) === pool) this.#pools.delete(origin);
  }
}
