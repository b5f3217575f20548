/** What is read of Svix, by its API (https://api.svix.com/docs): applications and their endpoints, with secrets and headers. */

export interface SvixApplication {
  readonly id: string;
  readonly uid?: string | null;
  readonly name: string;
  readonly throttleRate?: number | null;
}

export interface SvixEndpoint {
  readonly id: string;
  readonly uid?: string | null;
  readonly url: string;
  readonly description: string;
  readonly disabled?: boolean;
  readonly eventTypes?: readonly string[] | null;
  readonly channels?: readonly string[] | null;
  readonly throttleRate?: number | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** As servers before the renaming answer, of which people run their own; later ones answer both names. */
export interface Renamed {
  readonly filterTypes?: readonly string[] | null;
  readonly rateLimit?: number | null;
}

/** `sensitive` names headers whose values Svix keeps for itself. */
export interface SvixHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly sensitive: readonly string[];
}

export interface SvixOptions {
  /** Of the region, or of a server of one's own. */
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told while a call waits to be repeated. */
  readonly note: (text: string) => void;
}

/** Svix refused, or cannot be reached. The message never holds the token. */
export class SvixError extends Error {
  override name = "SvixError";
  /** Undefined if nobody answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

const PAGE = 100;
const TRIES = 6;
const TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 500;
/** A longer `retry-after` is not waited for at once. */
const LONGEST_WAIT_MS = 60_000;

interface Page<T> {
  readonly data: readonly T[];
  readonly iterator: string | null;
  readonly done: boolean;
}

export class SvixApi {
  readonly #options: SvixOptions;

  constructor(options: SvixOptions) {
    const { origin, pathname } = new URL(options.url);
    const path = pathname.split("/").filter((part) => part !== "");
    this.#options = { ...options, url: [origin, ...path].join("/") };
  }

  async application(application: string): Promise<SvixApplication> {
    return throttled(await this.#read<SvixApplication & Renamed>(pathOf(application)));
  }

  async *applications(): AsyncGenerator<SvixApplication, void, undefined> {
    for await (const one of this.#items<SvixApplication & Renamed>("/api/v1/app")) yield throttled(one);
  }

  async *endpoints({ id }: Pick<SvixApplication, "id">): AsyncGenerator<SvixEndpoint, void, undefined> {
    // Without them the endpoint would get events of all types.
    for await (const one of this.#items<SvixEndpoint & Renamed>(`${pathOf(id)}/endpoint`))
      yield { ...throttled(one), eventTypes: one.eventTypes ?? one.filterTypes ?? null };
  }

  async secret(
    application: Pick<SvixApplication, "id">,
    endpoint: Pick<SvixEndpoint, "id">,
  ): Promise<string> {
    const { key } = await this.#read<{ readonly key: string }>(
      `${pathOf(application.id, endpoint.id)}/secret`,
    );
    return key;
  }

  headers(
    application: Pick<SvixApplication, "id">,
    endpoint: Pick<SvixEndpoint, "id">,
  ): Promise<SvixHeaders> {
    return this.#read(`${pathOf(application.id, endpoint.id)}/headers`);
  }

  /** Whether deliveries are rewritten. A server of one's own may know no transformations. */
  async isTransformed(
    application: Pick<SvixApplication, "id">,
    endpoint: Pick<SvixEndpoint, "id">,
  ): Promise<boolean> {
    try {
      const path = `${pathOf(application.id, endpoint.id)}/transformation`;
      return (await this.#read<{ readonly enabled?: boolean }>(path)).enabled === true;
    } catch (error) {
      if (error instanceof SvixError && (error.status === 404 || error.status === 405)) return false;
      throw error;
    }
  }

  async *#items<T>(path: string): AsyncGenerator<T, void, undefined> {
    let iterator: string | undefined;
    for (;;) {
      const query = new URLSearchParams({ limit: String(PAGE), ...(iterator ? { iterator } : {}) });
      const page = await this.#read<Page<T>>(`${path}?${query}`);
      if (!Array.isArray(page.data))
        throw new SvixError(`Svix answered to GET ${path} with no page of a list.`);
      yield* page.data;
      if (page.done || page.iterator === null || page.iterator === iterator) return;
      iterator = page.iterator;
    }
  }

  /** Repeated where that may help: only reads are made. @throws SvixError, or the signal's reason */
  async #read<T>(path: string): Promise<T> {
    const { signal, wait, note } = this.#options;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      const answer = await this.#try(path);
      if ("document" in answer) return answer.document as T;
      signal.throwIfAborted();
      const { error, retryable, waitMs } = answer;
      const ms = Math.max(waitMs, FIRST_WAIT_MS * 2 ** (tries - 1));
      if (!retryable || tries === TRIES || ms > LONGEST_WAIT_MS) throw error;
      note(`${error.message} Trying again in ${Math.ceil(ms / 1_000)} s.`);
      await wait(ms, signal);
    }
  }

  async #try(path: string): Promise<{ readonly document: unknown } | Refusal> {
    const { url, token, signal } = this.#options;
    const [place = path] = path.split("?");
    try {
      const response = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${token}`, accept: "application/json" },
        // The token is for this host alone.
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (!response.ok) return await refusalOf(response, place);
      return { document: await response.json() };
    } catch {
      // What Node says of a request may quote its headers.
      const error = new SvixError(`Svix did not answer as expected to GET ${place} at ${url}.`);
      return { error, retryable: true, waitMs: 0 };
    }
  }
}

interface Refusal {
  readonly error: SvixError;
  readonly retryable: boolean;
  readonly waitMs: number;
}

async function refusalOf(response: Response, place: string): Promise<Refusal> {
  const { status, headers } = response;
  const problem: unknown = await response.json().catch(() => undefined);
  const detail = typeof problem === "object" && problem !== null && "detail" in problem ? problem.detail : "";
  const said = typeof detail === "string" && detail !== "" ? ` (${detail.slice(0, 200)})` : "";
  const seconds = Number(headers.get("retry-after") ?? 0);
  return {
    error: new SvixError(`Svix answered ${status} to GET ${place}${said}.`, status),
    retryable: status === 429 || status >= 500,
    waitMs: Number.isFinite(seconds) ? seconds * 1_000 : 0,
  };
}

function throttled<T extends { readonly throttleRate?: number | null } & Renamed>(one: T): T {
  return { ...one, throttleRate: one.throttleRate ?? one.rateLimit ?? null };
}

function pathOf(application: string, endpoint?: string): string {
  const path = `/api/v1/app/${encodeURIComponent(application)}`;
  return endpoint === undefined ? path : `${path}/endpoint/${encodeURIComponent(endpoint)}`;
}
