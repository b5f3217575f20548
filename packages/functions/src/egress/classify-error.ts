/// <reference path="./undici-parts.d.ts" />
import type { RequestErrorCode } from "@homing/core/delivery/http-client";
import errors from "undici/lib/core/errors.js";
import { explainTlsError } from "./explain-tls-error.ts";
import { type Circumstances, type Progress, peerOf } from "./progress.ts";
import { TargetNotAllowedError } from "./target-not-allowed.ts";

export interface ClassifiedError {
  readonly code: RequestErrorCode;
  readonly detail: string;
}

/** What Node's resolver reports (https://nodejs.org/api/dns.html#error-codes). */
const DNS_CODES =
  /^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED|EFORMERR|ENOTIMP|EBADNAME|EBADRESP|ENONAME|ECANCELLED|ETIMEOUT)/;
const RESET_CODES = /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/;
const TLS_CODES =
  /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_C)/;
const RESPONSE_CODES = /^(?:UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|ERR_ASSERTION)/;
const REQUEST_CODES = /^(?:UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_)/;
const UNREACHABLE_CODES = /^(?:ENETUNREACH|EHOSTUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EAFNOSUPPORT)$/;

/**
 * What went wrong, in the policy's terms. The detail is a clause of our own and the error's code: the messages
 * of libraries may hold what a receiver sent.
 */
export function classifyError(error: unknown, circumstances: Circumstances): ClassifiedError {
  if (error instanceof TargetNotAllowedError) return { code: "TARGET_NOT_ALLOWED", detail: error.message };
  if (error instanceof AggregateError && error.errors.length > 0) {
    return classifyError(mostTelling(error.errors), circumstances);
  }
  const { hostname, progress } = circumstances;
  const peer = peerOf({ ...progress, ...addressOf(error) });
  const code = codeOf(error);

  if (error instanceof errors.HTTPParserError) return invalidResponse(`it is not HTTP/1.1 (${code})`);
  if (code === "INTERIM_FLOOD") return invalidResponse("there was no end to its interim (1xx) responses");
  if (code === "UNASKED_UPGRADE" || isBad(error, "bad upgrade")) {
    return invalidResponse("it switched protocols (101), which nobody had asked for");
  }
  if (isBad(error, "bad response")) return invalidResponse("it came before there was a request");
  if (RESPONSE_CODES.test(code)) return invalidResponse(`it cannot be read (${code})`);

  if (DNS_CODES.test(code) || syscallOf(error).startsWith("query")) {
    return { code: "DNS_FAILED", detail: explainDnsError(code, hostname) };
  }
  if (code === "ECONNREFUSED") {
    return { code: "CONNECTION_REFUSED", detail: `nothing accepts connections at ${peer} (${code})` };
  }
  if (RESET_CODES.test(code)) {
    return { code: "CONNECTION_RESET", detail: `${explainReset(progress, peer)} (${code})` };
  }
  if (code === "ETIMEDOUT") {
    return { code: "TIMEOUT", detail: `${peer} did not take the connection (${code})` };
  }
  if (TLS_CODES.test(code)) return { code: "TLS_FAILED", detail: explainTlsError(code, circumstances) };
  if (REQUEST_CODES.test(code)) return { code: "INVALID_REQUEST", detail: `it cannot be sent (${code})` };
  const reason = UNREACHABLE_CODES.test(code)
    ? `there is no way to ${peer}`
    : `the connection to ${peer} failed`;
  return { code: "NETWORK_ERROR", detail: `${reason} (${code})` };
}

/** Where a deadline found the attempt. */
export function explainTimeout({ phase, ...peer }: Progress, timeoutMs: number): string {
  const after = `after ${timeoutMs / 1_000} s`;
  switch (phase) {
    case "RESOLVING":
      return `${after} the target's name was still being resolved, and nothing was sent`;
    case "CONNECTING":
      return `${after} there was no connection to ${peerOf({ phase, ...peer })}, and nothing was sent`;
    case "SECURING":
      return `${after} the TLS handshake with ${peerOf({ phase, ...peer })} had not ended, and nothing was sent`;
    case "SENT":
      return `the request had left for ${peerOf({ phase, ...peer })}, but ${after} no answer had come`;
  }
}

function explainDnsError(code: string, hostname: string): string {
  switch (code) {
    case "ENOTFOUND":
      return `${hostname} does not exist (NXDOMAIN)`;
    case "ENODATA":
      return `${hostname} has neither an A nor an AAAA record (NODATA)`;
    case "ESERVFAIL":
      return `the name servers failed to answer for ${hostname} (SERVFAIL)`;
    case "EREFUSED":
      return `the name servers refused to answer for ${hostname} (REFUSED)`;
    case "ETIMEOUT":
      return `the name servers did not answer for ${hostname} in time`;
    default:
      return `asking for ${hostname} failed (${code})`;
  }
}

function explainReset({ phase }: Progress, peer: string): string {
  if (phase === "SENT")
    return `${peer} closed the connection after the request had left, and may have acted on it`;
  const when = phase === "SECURING" ? "during the TLS handshake" : "while it was being made";
  return `${peer} closed the connection ${when}, before anything was sent`;
}

function invalidResponse(detail: string): ClassifiedError {
  return { code: "INVALID_RESPONSE", detail };
}

/** Of several addresses: that one family has no way out of this machine says less than what the other met. */
function mostTelling(failures: readonly unknown[]): unknown {
  return failures.find((failure) => !UNREACHABLE_CODES.test(codeOf(failure))) ?? failures[0];
}

/** undici says no more than this message of an answer that nobody waits for, or of a protocol switch. */
function isBad(error: unknown, message: string): boolean {
  return error instanceof errors.SocketError && error.message === message;
}

function addressOf(error: unknown): Pick<Progress, "address"> {
  const address = error instanceof Error && "address" in error ? error.address : undefined;
  return typeof address === "string" ? { address } : {};
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown";
}

function syscallOf(error: unknown): string {
  const syscall = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  return typeof syscall === "string" ? syscall : "";
}
