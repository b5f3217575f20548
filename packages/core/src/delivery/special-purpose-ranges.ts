/**
 * Address ranges that are not the public internet, from the IANA special-purpose registries (RFC 6890 and
 * its successors), the multicast registries and the IPv6 address space registry. A range is listed whole,
 * also where the registry calls part of it globally reachable: those parts are anycast services of whatever
 * network the worker happens to sit in (PCP, TURN, AMT, AS112), never a receiver of messages.
 *
 * The first match names the rule, so a narrower range stands before the wider one that contains it.
 */
export interface SpecialPurposeRange {
  readonly cidr: string;
  /** What it is and who says so, as shown to people. */
  readonly rule: string;
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
export const IPV4_RANGES: readonly SpecialPurposeRange[] = [
  { cidr: "0.0.0.0/8", rule: "this network (RFC 791)" },
  { cidr: "10.0.0.0/8", rule: "private (RFC 1918)" },
  { cidr: "100.64.0.0/10", rule: "shared address space, carrier-grade NAT (RFC 6598)" },
  { cidr: "127.0.0.0/8", rule: "loopback (RFC 1122)" },
  // A public address by its registration, but inside Azure it is the host's own control endpoint.
  { cidr: "168.63.129.16/32", rule: "cloud platform endpoint (Azure)" },
  { cidr: "169.254.0.0/16", rule: "link-local (RFC 3927)" },
  { cidr: "172.16.0.0/12", rule: "private (RFC 1918)" },
  { cidr: "192.0.0.0/24", rule: "IETF protocol assignments (RFC 6890)" },
  { cidr: "192.0.2.0/24", rule: "documentation (RFC 5737)" },
  { cidr: "192.31.196.0/24", rule: "AS112 (RFC 7535)" },
  { cidr: "192.52.193.0/24", rule: "automatic multicast tunneling (RFC 7450)" },
  { cidr: "192.88.99.0/24", rule: "6to4 relay anycast (RFC 7526)" },
  { cidr: "192.168.0.0/16", rule: "private (RFC 1918)" },
  { cidr: "192.175.48.0/24", rule: "AS112 (RFC 7534)" },
  { cidr: "198.18.0.0/15", rule: "benchmarking (RFC 2544)" },
  { cidr: "198.51.100.0/24", rule: "documentation (RFC 5737)" },
  { cidr: "203.0.113.0/24", rule: "documentation (RFC 5737)" },
  { cidr: "224.0.0.0/4", rule: "multicast (RFC 5771)" },
  { cidr: "255.255.255.255/32", rule: "limited broadcast (RFC 919)" },
  { cidr: "240.0.0.0/4", rule: "reserved (RFC 1112)" },
];

/**
 * https://www.iana.org/assignments/iana-ipv6-special-registry and, for all that is not global unicast,
 * https://www.iana.org/assignments/ipv6-address-space. Ranges that carry an IPv4 address inside (translated,
 * NAT64, 6to4, Teredo) are refused whatever that address is: they are another way to the same host.
 */
export const IPV6_RANGES: readonly SpecialPurposeRange[] = [
  { cidr: "::/128", rule: "unspecified (RFC 4291)" },
  { cidr: "::1/128", rule: "loopback (RFC 4291)" },
  { cidr: "::/96", rule: "IPv4-compatible (RFC 4291)" },
  { cidr: "::ffff:0:0:0/96", rule: "IPv4-translated (RFC 2765)" },
  { cidr: "64:ff9b::/96", rule: "NAT64 (RFC 6052)" },
  { cidr: "64:ff9b:1::/48", rule: "local-use NAT64 (RFC 8215)" },
  { cidr: "100::/64", rule: "discard-only (RFC 6666)" },
  { cidr: "100:0:0:1::/64", rule: "dummy prefix (RFC 9780)" },
  { cidr: "200::/7", rule: "NSAP (RFC 4048)" },
  { cidr: "2001::/32", rule: "Teredo (RFC 4380)" },
  { cidr: "2001:2::/48", rule: "benchmarking (RFC 5180)" },
  { cidr: "2001:3::/32", rule: "automatic multicast tunneling (RFC 7450)" },
  { cidr: "2001:4:112::/48", rule: "AS112 (RFC 7535)" },
  { cidr: "2001:10::/28", rule: "ORCHID (RFC 4843)" },
  { cidr: "2001:20::/28", rule: "ORCHIDv2 (RFC 7343)" },
  { cidr: "2001:30::/28", rule: "drone remote identification (RFC 9374)" },
  { cidr: "2001::/23", rule: "IETF protocol assignments (RFC 2928)" },
  { cidr: "2001:db8::/32", rule: "documentation (RFC 3849)" },
  { cidr: "2002::/16", rule: "6to4 (RFC 3056)" },
  { cidr: "2620:4f:8000::/48", rule: "AS112 (RFC 7534)" },
  { cidr: "3ffe::/16", rule: "6bone, returned (RFC 3701)" },
  { cidr: "3fff::/20", rule: "documentation (RFC 9637)" },
  { cidr: "5f00::/16", rule: "segment routing identifiers (RFC 9602)" },
  { cidr: "fc00::/7", rule: "unique local (RFC 4193)" },
  { cidr: "fe80::/10", rule: "link-local (RFC 4291)" },
  { cidr: "fec0::/10", rule: "site-local (RFC 3879)" },
  { cidr: "ff00::/8", rule: "multicast (RFC 4291)" },
];

/** IANA has given out nothing else to the internet. */
export const IPV6_GLOBAL_UNICAST = "2000::/3";
