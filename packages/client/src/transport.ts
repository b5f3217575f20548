/** One call: sent, understood, and repeated where that is safe and useful. */
import { HomingError } from "./homing-error.ts";
import type { Problem } from "./types.ts";

export interface TransportOptions {
  /** Where the API is, without `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Repetitions of one call; 4 unless given. */
  readonly retries?: number;
  /** Longest time one try may take; 30 s unless given. */
  readonly timeoutMs?: number;
  /** Waits between tries; replaced in tests. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1, for the jitter. */
  readonly random?: () => number;
}

export interface CallOptions {
  readonly correlationId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiCall extends CallOptions {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `/v1` and the query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The call may be repeated when nobody knows what became of it: it changes nothing, or carries its own key. */
  readonly repeatable: boolean;
}

const DEFAULT_RETRIES = 4;
const DEFAULT_TIMEOUT_MS = 30_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;
/** A longer `retry-after` is the caller's business. */
const LONGEST_WAIT_MS = 60_000;
/** What gateways answer in the API's place. */
const OF_A_GATEWAY = new Set([429, 502, 503, 504]);

export class Transport {
  readonly #options: Required<TransportOptions>;

  constructor(options: TransportOptions) {
    this.#options = {
      fetch: (...args) => globalThis.fetch(...args),
      retries: DEFAULT_RETRIES,
      timeoutMs: DEFAULT_TIMEOUT_MS,
      wait: pause,
      random: Math.random,
      ...options,
      url: withoutSlashesAtEnd(options.url),
    };
  }

  /** The parsed answer. @throws HomingError, or the signal's reason once it is aborted. */
  async call<T>(call: ApiCall): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return (await this.#try(call)) as T;
      } catch (error) {
        call.signal?.throwIfAborted();
        if (!(error instanceof HomingError) || !error.retryable || tries >= this.#options.retries)
          throw error;
        const waitMs = this.waitMs(tries, error.retryAfterSeconds);
        if (waitMs > LONGEST_WAIT_MS) throw error;
        await this.pause(waitMs, call.signal);
      }
    }
  }

  /** Before try `tries` + 2: exponential with jitter, and never less than the API asks for. */
  waitMs(tries: number, retryAfterSeconds = 0): number {
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** tries, LONGEST_BACKOFF_MS);
    return Math.max(backoffMs * (0.5 + this.#options.random() / 2), retryAfterSeconds * 1_000);
  }

  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#options.wait(ms, signal);
  }

  get retries(): number {
    return this.#options.retries;
  }

  async #try(call: ApiCall): Promise<unknown> {
    const { url, key, fetch, timeoutMs } = this.#options;
    const signals = [AbortSignal.timeout(timeoutMs), ...(call.signal ? [call.signal] : [])];
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}${call.path}`, {
        method: call.method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
          ...(call.correlationId === undefined ? {} : { "x-correlation-id": call.correlationId }),
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (cause) {
      throw new HomingError(`Homing at ${url} cannot be reached.`, { retryable: call.repeatable, cause });
    }
    if (response.ok) return parse(text);
    throw refusal(response, text, call.repeatable);
  }
}

function refusal(response: Response, text: string, repeatable: boolean): HomingError {
  const { status, headers } = response;
  const retryAfterSeconds = secondsOf(headers.get("retry-after"));
  const problem = headers.get("content-type")?.startsWith("application/problem+json")
    ? (parse(text) as Problem)
    : undefined;
  if (!problem) {
    return new HomingError(`Homing did not answer: something before it said ${status}.`, {
      status,
      retryable: repeatable && OF_A_GATEWAY.has(status),
      retryAfterSeconds,
    });
  }
  const { title, detail, errors = [], retryable } = problem;
  const reasons = errors.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
  const message = reasons.length > 0 ? `${title}: ${reasons.join("; ")}` : `${title}: ${detail}`;
  return new HomingError(message, { problem, status, retryable, retryAfterSeconds });
}

function parse(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}

function withoutSlashesAtEnd(url: string): string {
  let end = url.length;
  while (url[end - 1] === "/") end -= 1;
  return url.slice(0, end);
}
