/**
 * The port through which one attempt reaches its target. It is implemented with undici behind the egress
 * guard; the core only ever sees what comes back.
 */

/** What one attempt sends. Headers are pairs, in order: their spelling and order are the producer's. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** Sent as its UTF-8 bytes; absent means no body at all. */
  readonly body?: string;
}

export interface RequestLimits {
  /** One deadline over DNS, connect, TLS, headers and body; it begins with the request. */
  readonly timeoutMs: number;
  /** At most this many bytes of the decoded response are kept. */
  readonly keepBytes: number;
}

/** Why no usable response came back. */
export type RequestErrorCode =
  | "TIMEOUT"
  | "DNS_FAILED"
  | "CONNECTION_REFUSED"
  | "CONNECTION_RESET"
  | "TLS_FAILED"
  | "INVALID_RESPONSE"
  | "INVALID_REQUEST"
  | "TARGET_NOT_ALLOWED"
  | "NETWORK_ERROR";

/** Why `body` is not all that the target sent. */
export type TruncationReason = "SIZE" | "ENCODING" | "TIMEOUT" | "ABORTED";

export type RequestResult =
  | {
      readonly kind: "response";
      readonly status: number;
      /** Names in lower case, secrets masked. */
      readonly headers: Readonly<Record<string, string>>;
      /** Decoded as UTF-8, malformed sequences replaced. */
      readonly body: string;
      readonly truncated?: TruncationReason;
      readonly durationMs: number;
    }
  | {
      readonly kind: "error";
      readonly code: RequestErrorCode;
      /**
       * For people, a clause that may be shown to the receiver: what exactly went wrong. Never holds a query
       * string, a header value or a payload. Of TARGET_NOT_ALLOWED a sentence of its own.
       */
      readonly detail: string;
      readonly durationMs: number;
    };

/** One of the connections that may go to an origin at a time. */
export interface HttpSlot {
  /** Makes at most one HTTP request and never throws: whatever happens is a result. */
  request(request: OutgoingRequest, limits: RequestLimits): Promise<RequestResult>;
  /** Does nothing the second time. */
  release(): void;
}

export interface HttpClient {
  /** As a slot's, in the first that is free: for callers who have all the time. */
  request(request: OutgoingRequest, limits: RequestLimits): Promise<RequestResult>;
  /**
   * A slot for a request to this URL, to be released; undefined if none came free within `waitMs`. A client
   * without it has one for everybody at any time.
   */
  reserve?(url: string, waitMs: number): Promise<HttpSlot | undefined>;
}
