import type {
  HttpClient,
  HttpSlot,
  OutgoingRequest,
  RequestErrorCode,
  RequestLimits,
  RequestResult,
  TruncationReason,
} from "@homing/core/delivery/http-client";
import { isConnectionHeader } from "@homing/core/message/headers";
import { parseTargetUrl, type TargetUrl } from "@homing/core/message/target-url";
import { classifyError, explainTimeout } from "./classify-error.ts";
import type { Connection } from "./connection.ts";
import { ConnectionPools } from "./connection-pools.ts";
import { createEchoMask } from "./echoed-secrets.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { createGuardedConnector } from "./guarded-connector.ts";
import { createHostResolver, type ResolveHost } from "./host-resolver.ts";
import { createHostsFile } from "./hosts-file.ts";
import { decodeBody } from "./response-body.ts";
import { joinHeaders, keepHeaders } from "./response-headers.ts";

export interface HttpClientOptions {
  /** CIDR ranges that the egress guard lets through although they are not public. */
  readonly allowPrivateTargets: readonly string[];
  /** Ports of Homing's own servers on this machine, never to be reached; asked anew for each connection. */
  readonly refusePorts?: () => ReadonlySet<number>;
  /**
   * Connections to one origin at a time. Default 10, one for each message of the worker's batch: with one for
   * each delivery in progress, none ever waits for another.
   */
  readonly connectionsPerHost?: number;
  /** Origins that keep a pool of connections. Default 256. */
  readonly maxPools?: number;
  /** In place of the DNS. */
  readonly resolve?: ResolveHost;
  /** Certificates trusted in place of the platform's. */
  readonly trustedCertificates?: readonly string[];
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicNow?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Bytes of a response that are read, as sent and as decoded; more is cut off and the connection closed. */
const MAX_READ_BYTES = 16_384;

const DEFAULT_CONNECTIONS_PER_HOST = 10;
const DEFAULT_MAX_POOLS = 256;

type Timed<T> = T extends unknown ? Omit<T, "durationMs"> : never;

/**
 * The HTTP client of the worker: undici behind the egress guard. It follows no redirects, repeats nothing,
 * asks for no encoding and trusts nothing that comes back.
 */
export function createHttpClient(
  options: HttpClientOptions,
): Required<HttpClient> & { close(): Promise<void> } {
  const { allowPrivateTargets } = options;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const now = options.now ?? Date.now;
  const connect = createGuardedConnector({
    allowPrivateTargets,
    refusePorts: options.refusePorts ?? (() => new Set()),
    resolve:
      options.resolve ??
      createHostResolver(allowPrivateTargets.length > 0 ? { hostsFile: createHostsFile() } : {}),
    ...(options.trustedCertificates && { trustedCertificates: options.trustedCertificates }),
  });
  const poolLimits = {
    connectionsPerHost: options.connectionsPerHost ?? DEFAULT_CONNECTIONS_PER_HOST,
    maxPools: options.maxPools ?? DEFAULT_MAX_POOLS,
  };
  const pools = new ConnectionPools(connect, poolLimits, now);

  const timed = async (attempt: () => Promise<Timed<RequestResult>>): Promise<RequestResult> => {
    const startedAt = monotonicNow();
    return { ...(await attempt()), durationMs: Math.round(monotonicNow() - startedAt) };
  };

  async function attempt(
    connection: Connection,
    target: TargetUrl,
    request: OutgoingRequest,
    limits: RequestLimits,
  ): Promise<Timed<RequestResult>> {
    const headerProblem = findHeaderProblem(request.headers);
    if (headerProblem !== undefined) return failure("INVALID_REQUEST", headerProblem);
    const { progress } = connection;
    try {
      const outcome = await exchange(
        connection,
        {
          path: target.path,
          method: request.method,
          headers: [...withoutAcceptEncoding(request.headers), "accept-encoding", "identity"],
          ...(request.body !== undefined && { body: request.body }),
        },
        { timeoutMs: limits.timeoutMs, readBytes: MAX_READ_BYTES },
      );
      if (outcome.kind === "response") return await readResponse(outcome, request, limits.keepBytes);
      if (outcome.kind === "timeout") return failure("TIMEOUT", explainTimeout(progress, limits.timeoutMs));
      throw outcome.error;
    } catch (error) {
      const { code, detail } = classifyError(error, { hostname: target.hostname, progress, now: now() });
      return failure(code, detail);
    }
  }

  async function reserve(url: string, waitMs: number): Promise<HttpSlot | undefined> {
    const target = parseTargetUrl(url, allowPrivateTargets);
    if (!target.ok) {
      const refusal = failure("TARGET_NOT_ALLOWED", target.message);
      return { request: () => timed(async () => refusal), release: () => undefined };
    }
    const connection = await pools.borrow(target.url.origin, waitMs);
    if (connection === undefined) return undefined;
    let isReleased = false;
    return {
      request: (request, limits) => timed(() => attempt(connection, target.url, request, limits)),
      release() {
        if (!isReleased) pools.release(connection);
        isReleased = true;
      },
    };
  }

  return {
    reserve,
    async request(request, limits) {
      const slot = await reserve(request.url, Number.POSITIVE_INFINITY);
      if (slot === undefined) return { ...failure("NETWORK_ERROR", "the client was closed"), durationMs: 0 };
      try {
        return await slot.request(request, limits);
      } finally {
        slot.release();
      }
    },
    close: () => pools.close(),
  };
}

async function readResponse(
  response: Extract<Exchange, { kind: "response" }>,
  request: OutgoingRequest,
  keepBytes: number,
): Promise<Timed<RequestResult>> {
  const maskEchoes = createEchoMask(request.headers);
  const received = joinHeaders(response.headers);
  const decoded = await decodeBody(response.bytes, received["content-encoding"], MAX_READ_BYTES);
  const cut = decoded.cut ?? response.cut;
  // Masked before anything is cut off here, and with an eye on what was cut off already. Streaming mode leaves
  // out a character that a cut split.
  const isCut = cut !== undefined;
  const text = maskEchoes(new TextDecoder().decode(decoded.bytes, { stream: isCut }), isCut);
  const kept = Buffer.from(text).subarray(0, keepBytes);
  const isShortened = kept.length < Buffer.byteLength(text);
  const truncated: TruncationReason | undefined = cut ?? (isShortened ? "SIZE" : undefined);
  const headers = Object.entries(keepHeaders(received)).map(([name, value]) => [name, maskEchoes(value)]);
  return {
    kind: "response",
    status: response.status,
    headers: Object.fromEntries(headers),
    body: new TextDecoder().decode(kept, { stream: isShortened }),
    ...(truncated && { truncated }),
  };
}

/** Acceptance has refused these already; here nothing may depend on that. */
function findHeaderProblem(headers: OutgoingRequest["headers"]): string | undefined {
  const seen = new Set<string>();
  for (const [name] of headers) {
    const lower = name.toLowerCase();
    if (isConnectionHeader(lower)) return `the header ${lower} belongs to the connection`;
    if (seen.has(lower)) return `the header ${lower} is given twice`;
    seen.add(lower);
  }
  return undefined;
}

function withoutAcceptEncoding(headers: OutgoingRequest["headers"]): string[] {
  return headers.filter(([name]) => name.toLowerCase() !== "accept-encoding").flat();
}

function failure(code: RequestErrorCode, detail: string): Timed<RequestResult> {
  return { kind: "error", code, detail };
}
