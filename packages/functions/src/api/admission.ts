/** What a caller meets before any work is done for it: is it allowed to ask, and not too often. */
import { HomingError } from "@homing/core/error";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.ts";
import { hasScope, type Principal, type Scope } from "./principal.ts";
import type { RateLimiter, RateVerdict } from "./rate-limit.ts";

export class Admission {
  readonly #limiter: RateLimiter;

  constructor(limiter: RateLimiter) {
    this.#limiter = limiter;
  }

  /** As middleware, for routes that can tell before they read anything. One of the scopes is enough; without any, every key may ask. */
  requires(...scopes: readonly Scope[]): MiddlewareHandler<ApiEnv> {
    return async (c, next) => {
      this.admit(c, ...scopes);
      await next();
    };
  }

  /** @throws HomingError FORBIDDEN or RATE_LIMITED, in this order. */
  admit(c: Context<ApiEnv>, ...scopes: readonly Scope[]): void {
    if (scopes.length > 0) this.require(c, ...scopes);
    this.#pay(c);
  }

  /** For what a route finds out later: it is paid for. One of the scopes is enough. @throws HomingError FORBIDDEN */
  require(c: Context<ApiEnv>, ...scopes: readonly Scope[]): void {
    const principal = c.get("principal");
    if (!scopes.some((scope) => hasScope(principal, scope)))
      throw new HomingError("FORBIDDEN", `This key lacks the scope ${scopes.join(" or ")}.`);
  }

  /**
   * For a route that must read something to know whether there is anything behind its path. The read is paid for
   * first, whatever comes of it, and is not made without a token; what is not there is then NOT_FOUND before the
   * key's scopes matter.
   *
   * @throws HomingError FORBIDDEN or RATE_LIMITED without a token; then what `find` throws; then FORBIDDEN.
   */
  async admitToFound<T>(
    c: Context<ApiEnv>,
    scope: Scope | readonly Scope[],
    find: () => Promise<T>,
  ): Promise<T> {
    const scopes = [scope].flat();
    const verdict = this.#take(c);
    if (!verdict.allowed) this.require(c, ...scopes);
    refuseUnless(verdict);
    const found = await find();
    this.require(c, ...scopes);
    return found;
  }

  /** For a call that turned out to be worth several. */
  charge(c: Context<ApiEnv>, requests: number): void {
    this.#limiter.charge(bucketOf(c.get("principal")), requests);
  }

  #pay(c: Context<ApiEnv>): void {
    refuseUnless(this.#take(c));
  }

  #take(c: Context<ApiEnv>): RateVerdict {
    const { perSecond, burst } = this.#limiter.limit;
    const principal = c.get("principal");
    const verdict = this.#limiter.take(bucketOf(principal));
    // https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
    const policy = hasOwnBucket(principal) ? "key" : "sender";
    c.header("ratelimit-policy", `"${policy}";q=${burst};w=${Math.ceil(burst / perSecond)}`);
    c.header("ratelimit", `"${policy}";r=${verdict.remaining};t=${verdict.retryAfterSeconds}`);
    return verdict;
  }
}

/** Whoever looks after a sender, or after all of them, must get through while a producer runs away. */
function hasOwnBucket({ senderId, scopes }: Principal): boolean {
  return senderId === "*" || scopes.includes("operate");
}

/**
 * A key of all senders has a bucket to itself; those that look after one sender share one, or each that they make for
 * themselves would raise the limit. No sender's id holds a colon.
 */
function bucketOf(principal: Principal): string {
  if (principal.senderId === "*") return `key:${principal.keyId}`;
  return hasOwnBucket(principal) ? `operate:${principal.senderId}` : principal.senderId;
}

function refuseUnless({ allowed, retryAfterSeconds }: RateVerdict): void {
  if (allowed) return;
  throw new HomingError("RATE_LIMITED", "Too many requests; wait as retry-after says.", {
    retryable: true,
    retryAfterSeconds,
  });
}
