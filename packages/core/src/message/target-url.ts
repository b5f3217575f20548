import { isIPv4 } from "node:net";
import { allowsLoopback, checkAddress, explainRefusal } from "../delivery/address-guard.ts";

/** The one reading of a target URL; nothing else in Homing parses one. */
export interface TargetUrl {
  /** Normalised as WHATWG URL does, without fragment. This is what is stored, hashed, shown and requested. */
  readonly href: string;
  /** Scheme, host and port: one pool of connections. */
  readonly origin: string;
  /** Name or address with the port, if it is not the scheme's own. */
  readonly host: string;
  /** Name or address alone; an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path and query, as they stand in the request line. */
  readonly path: string;
}

export type ParsedTargetUrl =
  | { readonly ok: true; readonly url: TargetUrl }
  | {
      readonly ok: false;
      /** A sentence for the producer; never repeats the URL, which may hold secrets. */
      readonly message: string;
    };

export const MAX_TARGET_URL_LENGTH = 2_048;
/** RFC 1035 §2.3.4, of names as DNS is asked for them: in ASCII, whatever they were written in. */
const MAX_LABEL_LENGTH = 63;
/** The 255 bytes of RFC 1035 §2.3.4 hold a length before each label and the root at the end. */
const MAX_NAME_LENGTH = 253;

/**
 * Reads a target URL and refuses what can be refused without DNS: anything but http and https, user names
 * and passwords, more than 2,048 characters (as given and as normalised), names that DNS cannot hold,
 * `localhost` names, and addresses that are not public. `allow` holds the CIDR ranges that the operator lets through; covering loopback lets
 * `localhost` through too. A fragment is dropped: HTTP never sends it. Stricter than WHATWG where that reading
 * differs from RFC 3986's and two parsers could disagree: backslashes, spaces, control characters and a
 * missing or tripled `//` are refused, not repaired.
 */
export function parseTargetUrl(text: string, allow: readonly string[]): ParsedTargetUrl {
  if (text.length > MAX_TARGET_URL_LENGTH) return refused("The URL is longer than 2,048 characters.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u0020\u007f\\]/.test(text)) {
    return refused("The URL holds a space, a control character or a backslash; write it percent-encoded.");
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined) return refused("The URL must start with http:// or https:// and name a host.");
  if (authority.includes("@")) return refused("The URL must not hold a user name or password.");
  const url = URL.parse(text);
  if (url === null) return refused("The URL cannot be read.");
  if (url.port === "0") return refused("The URL names port 0, which cannot be reached.");
  url.hash = "";
  if (url.href.length > MAX_TARGET_URL_LENGTH) {
    return refused("The URL is longer than 2,048 characters once it is percent-encoded.");
  }

  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  // Brackets are what makes an IPv6 address; to ask `isIP` would cost a cold start the regular expression for it.
  const isAddress = hostname !== url.hostname || isIPv4(hostname);
  const refusal = isAddress ? refuseAddress(hostname, allow) : refuseName(hostname, allow);
  if (refusal !== undefined) return refused(refusal);
  return {
    ok: true,
    url: Object.freeze({
      href: url.href,
      origin: url.origin,
      host: url.host,
      hostname,
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
      path: url.pathname + url.search,
    }),
  };
}

function refuseName(hostname: string, allow: readonly string[]): string | undefined {
  const labels = hostname.split(".");
  // No public top-level domain ends in "localhost", so every name that does means this machine (RFC 6761).
  const isLocal = labels.findLast((label) => label !== "")?.endsWith("localhost");
  if (isLocal && !allowsLoopback(allow)) return "The host is refused: localhost (RFC 6761).";
  // With the dot of the root at its end, a name is the same name.
  if (labels.at(-1) === "") labels.pop();
  if (labels.includes("")) return "The host has an empty part between two dots, or around one.";
  if (labels.some((label) => label.length > MAX_LABEL_LENGTH))
    return "The host has a part of more than 63 characters between two dots (RFC 1035).";
  if (labels.join(".").length > MAX_NAME_LENGTH) return "The host is longer than 253 characters (RFC 1035).";
  return undefined;
}

function refuseAddress(address: string, allow: readonly string[]): string | undefined {
  const decision = checkAddress(address, allow);
  return decision.allowed ? undefined : explainRefusal(address, decision.rule);
}

function refused(message: string): ParsedTargetUrl {
  return { ok: false, message };
}
