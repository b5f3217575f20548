/** What a producer may send as headers, and how headers are shown. */

export interface HeaderProblem {
  /** The header's name as given; absent when the problem is all of them together. */
  readonly name?: string;
  readonly message: string;
}

export const MAX_HEADERS = 64;
/** Names and values together; most servers refuse requests with much more. */
export const MAX_HEADER_BYTES = 16_384;
export const MASKED = "***";
const MAX_SHOWN_NAME_LENGTH = 100;

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5: tab, space, visible characters and the upper half of Latin-1; one byte each on the wire. */
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Belongs to the connection or the framing of the message (RFC 9110 §7.6.1), which is the HTTP client's. */
const HOP_BY_HOP = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "http2-settings",
  "expect",
]);
const HOP_BY_HOP_PREFIX = /^proxy-/;

/** Homing always sends its own, and a receiver must be able to trust that they are Homing's. */
const SET_BY_HOMING = new Set(["traceparent", "tracestate", "x-correlation-id", "accept-encoding"]);
const SET_BY_HOMING_PREFIX = /^webhook-/;

/**
 * Written by proxies, content delivery networks and clouds about who is calling and what was asked for: a receiver
 * behind one takes the caller's address or name, the host or the path from them. Names of one product stand here
 * one by one where others of its prefix are for callers to give (`cf-access-client-secret`).
 */
const WRITTEN_BY_PROXIES = new Set([
  "forwarded",
  "via",
  "cdn-loop",
  "client-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-real-ip",
  "x-remote-addr",
  "x-remote-ip",
  "x-originating-ip",
  "true-client-ip",
  "x-true-client-ip",
  "x-rewrite-url",
  "x-goog-iap-jwt-assertion",
  "cf-access-authenticated-user-email",
  "cf-access-jwt-assertion",
  "cf-ipcountry",
  "cf-pseudo-ipv4",
  "cf-ray",
  "cf-visitor",
  "cf-worker",
  "fastly-client-ip",
  "fly-client-ip",
]);
const WRITTEN_BY_PROXIES_PREFIX =
  /^(?:x-forwarded|x-original-|x-amz|x-envoy-|x-azure-|x-ms-client-principal|x-goog-authenticated-user-|x-vercel-(?:forwarded|ip)|cf-connecting-)/;

const SECRET_PATTERN =
  /token|secret|passwd|password|passphrase|signature|key|auth|session|credential|jwt|hmac|cookie/i;

export interface HeaderLimits {
  readonly headers: number;
  /** Names and values together. */
  readonly bytes: number;
}

/** Everything that is wrong with a producer's headers; empty if they can be sent as they are. */
export function checkHeaders(
  headers: Readonly<Record<string, string>>,
  limits: HeaderLimits = { headers: MAX_HEADERS, bytes: MAX_HEADER_BYTES },
): HeaderProblem[] {
  const problems: HeaderProblem[] = [];
  const spellings = new Map<string, string>();
  let bytes = 0;
  const entries = Object.entries(headers);
  if (entries.length > limits.headers)
    problems.push({ message: `There are more than ${limits.headers} headers.` });

  for (const [name, value] of entries) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value, "latin1");
    const lower = name.toLowerCase();
    const earlier = spellings.get(lower);
    if (earlier !== undefined) {
      problems.push({
        name,
        message: `The header is given twice: "${shown(earlier)}" and "${shown(name)}" are one header.`,
      });
    }
    spellings.set(lower, name);
    // Receivers behind CGI, WSGI or PHP read webhook_id and webhook-id as one header.
    const nameProblem = checkName(lower.replaceAll("_", "-"));
    if (nameProblem !== undefined) problems.push({ name, message: nameProblem });
    if (!FIELD_VALUE.test(value)) {
      problems.push({ name, message: "The value holds a character that an HTTP header cannot carry." });
    }
  }
  if (bytes > limits.bytes)
    problems.push({
      message: `The headers are larger than ${limits.bytes.toLocaleString("en")} bytes in all.`,
    });
  return problems;
}

/** Whether a header belongs to the connection, whatever its case, and is never a producer's to give. */
export function isConnectionHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return HOP_BY_HOP.has(lower) || HOP_BY_HOP_PREFIX.test(lower);
}

/** Whether a header's value is a secret, or may be one, and must never be stored in clear or shown. */
export function isSecretHeader(name: string): boolean {
  return SECRET_PATTERN.test(name);
}

/** The same headers, each secret value replaced by `***`. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? MASKED : value]),
  );
}

/** A name that nobody has checked may be as long as the request. */
function shown(name: string): string {
  return name.length > MAX_SHOWN_NAME_LENGTH ? `${name.slice(0, MAX_SHOWN_NAME_LENGTH)}…` : name;
}

function checkName(lower: string): string | undefined {
  if (!TOKEN.test(lower)) return "The name is not a valid HTTP header name.";
  if (isConnectionHeader(lower)) return "The header belongs to the connection and cannot be given.";
  if (SET_BY_HOMING.has(lower) || SET_BY_HOMING_PREFIX.test(lower)) {
    return "The header is set by Homing and cannot be given.";
  }
  if (WRITTEN_BY_PROXIES.has(lower) || WRITTEN_BY_PROXIES_PREFIX.test(lower))
    return "The header is reserved for proxies and clouds and cannot be given.";
  return undefined;
}
