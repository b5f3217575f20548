import type { RequestErrorCode } from "@homing/core/delivery/http-client";
import { errors } from "undici";
import { TargetNotAllowedError } from "./target-not-allowed.ts";

export interface ClassifiedError {
  readonly code: RequestErrorCode;
  readonly detail: string;
}

/** Codes of Node (system calls, TLS) and undici; the first pattern that fits decides. */
const CODES: ReadonlyArray<readonly [RegExp, RequestErrorCode, string]> = [
  [/^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "TIMEOUT", "The connection could not be made in time"],
  [/^ECONNREFUSED$/, "CONNECTION_REFUSED", "Nothing accepts connections there"],
  [
    /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/,
    "CONNECTION_RESET",
    "The connection was closed before the response",
  ],
  [
    /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_C)/,
    "TLS_FAILED",
    "No trusted TLS connection could be made",
  ],
  [
    /^(?:UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|ERR_ASSERTION|INTERIM_FLOOD)/,
    "INVALID_RESPONSE",
    "The response is not valid HTTP",
  ],
  [
    /^(?:UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_)/,
    "INVALID_REQUEST",
    "The request cannot be made",
  ],
];

/** What Node's resolver reports (https://nodejs.org/api/dns.html#error-codes). */
const DNS_CODES =
  /^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED|EFORMERR|ENOTIMP|EBADNAME|EBADRESP|ENONAME|ECANCELLED|ETIMEOUT)/;

/**
 * What went wrong, in the policy's terms. The detail is our own sentence and the error's code: the messages of
 * libraries may hold what a receiver sent.
 */
export function classifyError(error: unknown): ClassifiedError {
  if (error instanceof TargetNotAllowedError) return { code: "TARGET_NOT_ALLOWED", detail: error.message };
  // Several addresses were tried and all failed: the first speaks for them.
  if (error instanceof AggregateError && error.errors.length > 0) return classifyError(error.errors[0]);

  if (error instanceof errors.HTTPParserError) {
    return { code: "INVALID_RESPONSE", detail: "The response is not valid HTTP." };
  }

  const code = codeOf(error);
  if (DNS_CODES.test(code) || syscallOf(error).startsWith("query")) {
    return { code: "DNS_FAILED", detail: `The name could not be resolved (${code}).` };
  }
  // undici says no more than this of an answer that nobody waits for, or of a protocol switch.
  if (code === "UND_ERR_SOCKET" && error instanceof Error && error.message.startsWith("bad ")) {
    return { code: "INVALID_RESPONSE", detail: `The response is not valid HTTP (${error.message}).` };
  }
  const known = CODES.find(([pattern]) => pattern.test(code));
  if (known) return { code: known[1], detail: `${known[2]} (${code}).` };
  return { code: "NETWORK_ERROR", detail: `The target could not be reached (${code}).` };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown";
}

function syscallOf(error: unknown): string {
  const syscall = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  return typeof syscall === "string" ? syscall : "";
}
