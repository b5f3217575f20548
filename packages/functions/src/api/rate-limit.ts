/** Token buckets by name, in this process; API Gateway throttles the sum of all callers besides. */
import { type Clock, elapsedMs, type Moment, momentOf } from "@homing/core/clock";
import { SECOND } from "@homing/core/duration";

export interface RateLimit {
  /** Requests that a bucket takes each second for ever; a batch and a bulk operation count once for each message. */
  readonly perSecond: number;
  /** Requests that it takes at once after a rest. */
  readonly burst: number;
}

/** Above what one process can store: it keeps a sender's runaway loop from the others, and slows nobody else. */
export const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 1_000, burst: 2_000 };

export interface RateVerdict {
  readonly allowed: boolean;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** Seconds until one token is there, rounded up; 0 if there is one. */
  readonly retryAfterSeconds: number;
}

interface Bucket {
  tokens: number;
  readonly since: Moment;
}

/** Remembered at once; one that is forgotten begins full again. */
const MAX_BUCKETS = 10_000;

export class RateLimiter {
  readonly limit: RateLimit;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limit: RateLimit = DEFAULT_RATE_LIMIT) {
    this.#clock = clock;
    this.limit = limit;
  }

  /** Takes one token, if there is one. */
  take(name: string): RateVerdict {
    const bucket = this.#bucketOf(name);
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    return {
      allowed,
      remaining: Math.max(0, Math.floor(bucket.tokens)),
      retryAfterSeconds: Math.max(0, Math.ceil((1 - bucket.tokens) / this.limit.perSecond)),
    };
  }

  /** For work whose size is known only once it was let in: the bucket may go into debt, which later calls wait for. */
  charge(name: string, tokens: number): void {
    this.#bucketOf(name).tokens -= tokens;
  }

  #bucketOf(name: string): Bucket {
    const { perSecond, burst } = this.limit;
    const known = this.#buckets.get(name);
    const tokens = known
      ? Math.min(burst, known.tokens + (elapsedMs(this.#clock, known.since) / SECOND) * perSecond)
      : burst;
    const bucket = { tokens, since: momentOf(this.#clock) };
    // Put in anew, so that the first in the map is the one that was used longest ago.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_BUCKETS && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
