/** One call: sent, understood, and repeated where that is safe and useful. */
import { apiUrlOf } from "./api-url.ts";
import { HomingError } from "./homing-error.ts";
import { InvalidArgumentError } from "./invalid-argument-error.ts";
import { jsonOf } from "./json-text.ts";
import type { Problem } from "./types.ts";

export interface TransportOptions {
  /** Where the API is, with or without `/v1`. */
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

export type Change = "POST" | "PATCH" | "DELETE";

export interface ApiCall extends CallOptions {
  readonly method: "GET" | Change;
  /** With `/v1` and the query. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The call may be repeated when nobody knows what became of it: it changes nothing, or carries its own key. */
  readonly repeatable: boolean;
  /** Answer the text of the JSON, not what it says. */
  readonly asText?: boolean | undefined;
  /** Fewer repetitions than the client makes. */
  readonly retries?: number | undefined;
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
      url: apiUrlOf(options.url),
    };
  }

  /**
   * The parsed answer, or its text.
   *
   * @throws HomingError, or the signal's reason once it is aborted, or InvalidArgumentError before anything is sent.
   */
  async call<T>(call: ApiCall): Promise<T> {
    const headers = headersOf(call, this.#options.key);
    const { retries = this.#options.retries } = call;
    for (let tries = 0; ; tries += 1) {
      call.signal?.throwIfAborted();
      try {
        return (await this.#try(call, headers)) as T;
      } catch (error) {
        call.signal?.throwIfAborted();
        if (!(error instanceof HomingError) || !error.retryable || tries >= retries) throw error;
        const waitMs = this.waitMs(tries, error.retryAfterSeconds);
        if (waitMs > LONGEST_WAIT_MS) throw error;
        await this.pause(waitMs, call.signal);
      }
    }
  }

  read<T>(path: string, options: CallOptions & Pick<ApiCall, "asText">): Promise<T> {
    return this.call({ ...options, method: "GET", path, repeatable: true });
  }

  /** Repeated where that is safe: with an idempotency key, and by any method but POST; or where `repeatable` says so. */
  change<T>(
    method: Change,
    path: string,
    body: unknown,
    options: CallOptions & Partial<Pick<ApiCall, "idempotencyKey" | "repeatable">>,
  ): Promise<T> {
    const text = body === undefined ? undefined : jsonOf(body, "The request");
    const repeatable = method !== "POST" || options.idempotencyKey !== undefined;
    return this.call({ repeatable, ...options, method, path, body: text });
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

  async #try(call: ApiCall, headers: Headers): Promise<unknown> {
    const { url, fetch, timeoutMs } = this.#options;
    const { idempotencyKey } = call;
    const signals = [AbortSignal.timeout(timeoutMs), ...(call.signal ? [call.signal] : [])];
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}${call.path}`, {
        method: call.method,
        headers,
        ...(call.body === undefined ? {} : { body: call.body }),
        // A call that is led elsewhere would arrive there as another one: without its body or its key.
        redirect: "manual",
        signal: AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (cause) {
      const message = `Homing at ${url} cannot be reached.`;
      throw new HomingError(message, { retryable: call.repeatable, idempotencyKey, cause });
    }
    if (!response.ok) throw refusal(response, text, call);
    const answer = parse(text);
    if (answer !== undefined) return call.asText ? text : answer;
    const message = `What answers at ${url} is not Homing: it said ${response.status} without JSON.`;
    throw new HomingError(message, { status: response.status, retryable: false, idempotencyKey });
  }
}

/** @throws InvalidArgumentError for what no header can carry; without the text, which may be a secret. */
function headersOf({ body, correlationId, idempotencyKey }: ApiCall, key: string): Headers {
  const headers = new Headers();
  const set = (name: string, value: string | undefined, what: string) => {
    if (value === undefined) return;
    try {
      headers.set(name, value);
    } catch {
      throw new InvalidArgumentError(`The ${what} holds characters that no header can carry.`);
    }
  };
  set("authorization", `Bearer ${key}`, "key");
  set("content-type", body === undefined ? undefined : "application/json", "content type");
  set("x-correlation-id", correlationId, "correlation id");
  set("idempotency-key", idempotencyKey, "idempotency key");
  return headers;
}

function refusal(response: Response, text: string, { repeatable, idempotencyKey }: ApiCall): HomingError {
  const { status, headers } = response;
  const retryAfterSeconds = secondsOf(headers.get("retry-after"));
  const problem = headers.get("content-type")?.startsWith("application/problem+json")
    ? (parse(text) as Problem | undefined)
    : undefined;
  if (!problem) {
    return new HomingError(`Homing did not answer: something before it said ${status}.`, {
      status,
      retryable: repeatable && OF_A_GATEWAY.has(status),
      retryAfterSeconds,
      idempotencyKey,
    });
  }
  const { title, detail, errors = [], retryable } = problem;
  const reasons = errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const message = reasons.length > 0 ? `${title}: ${reasons.join("; ")}` : `${title}: ${detail}`;
  return new HomingError(message, { problem, status, retryable, retryAfterSeconds, idempotencyKey });
}

/** Undefined for what is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
