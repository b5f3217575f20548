import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import {
  IPV4_RANGES,
  IPV6_GLOBAL_UNICAST,
  IPV6_RANGES,
  type SpecialPurposeRange,
} from "./special-purpose-ranges.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

export type AddressDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** The range it fell into and the document that defines it: "link-local (RFC 3927)". */
      readonly rule: string;
    };

const ALLOWED: AddressDecision = { allowed: true };
const MAPPED_RULE = "IPv4-mapped (RFC 4291)";

/** Made when the first address is checked: most targets of most processes are names. */
const rules = once(() => ({
  ipv4: compile(IPV4_RANGES),
  ipv6: compile(IPV6_RANGES),
  globalUnicast: ipaddr.parseCIDR(IPV6_GLOBAL_UNICAST),
}));

/**
 * Whether a connection to this IP address may be made: it is public, or one of the CIDR ranges in `allow`
 * covers it. An IPv4-mapped IPv6 address reaches the IPv4 host inside it, so only an IPv4 range can allow it;
 * one of a public host is refused too, because nobody writes that in good faith. Anything that is not the
 * exact text of one address is refused.
 */
export function checkAddress(ip: string, allow: readonly string[]): AddressDecision {
  const parsed = parseExactly(ip);
  if (parsed === undefined) return refused("not an IP address");
  const mapped = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress();
  const address = mapped ? parsed.toIPv4Address() : parsed;

  if (networksOf(allow).some((network) => contains(network, address))) return ALLOWED;
  if (address instanceof ipaddr.IPv4) {
    const rule = firstMatch(rules().ipv4, address);
    if (rule !== undefined) return refused(rule);
    return mapped ? refused(MAPPED_RULE) : ALLOWED;
  }
  const rule = firstMatch(rules().ipv6, address) ?? ruleForInterfaceId(address);
  if (rule !== undefined) return refused(rule);
  return contains(rules().globalUnicast, address) ? ALLOWED : refused("not global unicast (RFC 4291)");
}

/** A process has one list, or two, and asks of every target. */
const compiled = new WeakMap<readonly string[], readonly Network[]>();

function networksOf(allow: readonly string[]): readonly Network[] {
  const known = compiled.get(allow);
  if (known) return known;
  const networks = allow.map((cidr) => ipaddr.parseCIDR(cidr));
  compiled.set(allow, networks);
  return networks;
}

/** Whether the operator lets loopback through, and with it the names that always mean loopback. */
export function allowsLoopback(allow: readonly string[]): boolean {
  return checkAddress("127.0.0.1", allow).allowed || checkAddress("::1", allow).allowed;
}

/** "The address 169.254.169.254 is refused: link-local (RFC 3927)." */
export function explainRefusal(ip: string, rule: string): string {
  return `The address ${ip} is refused: ${rule}.`;
}

/**
 * `isIP` takes only the standard text of an address, unlike the library, which also reads 127.1 and 0x7f000001.
 * IPv6 goes through the URL parser because the library mistakes ::127.0.0.1 for the mapped ::ffff:127.0.0.1;
 * what comes out holds no dots. A zone id says which link, not which address, and is left out.
 */
function parseExactly(ip: string): Address | undefined {
  const family = isIP(ip);
  if (family === 0) return undefined;
  if (family === 4) return ipaddr.IPv4.parse(ip);
  const hostname = URL.parse(`http://[${ip.split("%", 1)[0]}]/`)?.hostname;
  return hostname === undefined ? undefined : ipaddr.IPv6.parse(hostname.slice(1, -1));
}

/** ISATAP puts an IPv4 address behind 0000:5efe or 0200:5efe in the lower half of any prefix. */
function ruleForInterfaceId(address: ipaddr.IPv6): string | undefined {
  const [, , , , high, low] = address.parts;
  return low === 0x5efe && (high === 0 || high === 0x0200) ? "ISATAP (RFC 5214)" : undefined;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function compile(ranges: readonly SpecialPurposeRange[]): ReadonlyArray<readonly [Network, string]> {
  return ranges.map(({ cidr, rule }) => [ipaddr.parseCIDR(cidr), rule] as const);
}

function firstMatch(rules: ReadonlyArray<readonly [Network, string]>, address: Address): string | undefined {
  return rules.find(([network]) => contains(network, address))?.[1];
}

function contains([network, bits]: Network, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

function refused(rule: string): AddressDecision {
  return { allowed: false, rule };
}
