import { describe, expect, it } from "vitest";
import { allowsLoopback, checkAddress, explainRefusal } from "./address-guard.ts";

/**
 * First and last address of every range, written by hand from the IANA IPv4 and IPv6 special-purpose
 * registries and the IPv6 address space registry, and the public neighbours on both sides of each.
 */

const refused: ReadonlyArray<readonly [RegExp, string[]]> = [
  [/RFC 791/, ["0.0.0.0", "0.0.0.1", "0.255.255.255"]],
  [/RFC 1918/, ["10.0.0.0", "10.255.255.255"]],
  [/RFC 6598/, ["100.64.0.0", "100.100.100.200", "100.127.255.255"]],
  [/loopback/, ["127.0.0.0", "127.0.0.1", "127.255.255.255"]],
  [/Azure/, ["168.63.129.16"]],
  [/RFC 3927/, ["169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255"]],
  [/RFC 1918/, ["172.16.0.0", "172.31.255.255"]],
  [/RFC 6890/, ["192.0.0.0", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.192", "192.0.0.255"]],
  [/documentation/, ["192.0.2.0", "192.0.2.255"]],
  [/AS112/, ["192.31.196.0", "192.31.196.255", "192.175.48.0", "192.175.48.255"]],
  [/multicast tunneling/, ["192.52.193.0", "192.52.193.255"]],
  [/6to4/, ["192.88.99.0", "192.88.99.1", "192.88.99.255"]],
  [/RFC 1918/, ["192.168.0.0", "192.168.255.255"]],
  [/RFC 2544/, ["198.18.0.0", "198.19.255.255"]],
  [/documentation/, ["198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255"]],
  [/RFC 5771/, ["224.0.0.0", "224.0.0.251", "239.255.255.255"]],
  [/RFC 1112/, ["240.0.0.0", "255.255.255.254"]],
  [/broadcast/, ["255.255.255.255"]],
  [/unspecified/, ["::"]],
  [/loopback/, ["::1"]],
  [/IPv4-compatible/, ["::2", "::127.0.0.1", "::8.8.8.8", "::ffff:ffff"]],
  [/loopback/, ["::ffff:127.0.0.1", "::ffff:7f00:1"]],
  [/link-local/, ["::ffff:169.254.169.254"]],
  [/IPv4-mapped/, ["::ffff:8.8.8.8"]],
  [/IPv4-translated/, ["::ffff:0:127.0.0.1", "::ffff:0:808:808"]],
  [/RFC 6052/, ["64:ff9b::", "64:ff9b::8.8.8.8", "64:ff9b::ffff:ffff"]],
  [/RFC 8215/, ["64:ff9b:1::", "64:ff9b:1::a9fe:a9fe", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 6666/, ["100::", "100::ffff:ffff:ffff:ffff"]],
  [/RFC 9780/, ["100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"]],
  [/RFC 4048/, ["200::", "3ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/Teredo/, ["2001::", "2001::4136:e378:8000:63bf:3fff:fdd2", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 2928/, ["2001:1::1", "2001:1::2", "2001:1::3", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 5180/, ["2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 7450/, ["2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [
    /AS112/,
    ["2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff", "2620:4f:8000::", "2620:4f:8000:ffff::1"],
  ],
  [/RFC 4843/, ["2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 7343/, ["2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 9374/, ["2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 3849/, ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 3056/, ["2002::", "2002:a9fe:a9fe::", "2002:808:808::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 3701/, ["3ffe::", "3ffe:ffff::1"]],
  [/RFC 9637/, ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 9602/, ["5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 4193/, ["fc00::", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/link-local/, ["fe80::", "fe80::1%eth0", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/RFC 3879/, ["fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [/multicast/, ["ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
  [
    /not global unicast/,
    ["400::", "1fff:ffff::1", "4000::", "8000::1", "e000::1", "fe00::1", "::1:0:0", "64:ff9b:2::"],
  ],
  [/RFC 5214/, ["2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1"]],
  [
    /not an IP address/,
    ["", "example.com", "127.1", "0177.0.0.1", "2130706433", "0x7f000001", "[::1]", "8.8.8.8/32"],
  ],
];

const allowed: readonly string[] = [
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "168.63.129.15",
  "168.63.129.17",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "191.255.255.255",
  "192.0.1.0",
  "192.0.1.255",
  "192.0.3.0",
  "192.31.195.255",
  "192.31.197.0",
  "192.52.192.255",
  "192.52.194.0",
  "192.88.98.255",
  "192.88.100.0",
  "192.167.255.255",
  "192.169.0.0",
  "192.175.47.255",
  "192.175.49.0",
  "198.17.255.255",
  "198.20.0.0",
  "198.51.99.255",
  "198.51.101.0",
  "203.0.112.255",
  "203.0.114.0",
  "223.255.255.255",
  "2000::",
  "2001:200::",
  "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
  "2001:db9::",
  "2003::",
  "2606:4700:4700::1111",
  "2620:4f:7fff:ffff::1",
  "2620:4f:8001::",
  "2a00:1450:4001:81b::200e",
  "3ffd:ffff::1",
  "3fff:1000::",
];

describe("the address guard", () => {
  it.each(refused)("refuses by %s: %j", (rule, addresses) => {
    for (const address of addresses) {
      expect(checkAddress(address, []), address).toEqual({
        allowed: false,
        rule: expect.stringMatching(rule),
      });
    }
  });

  it.each(allowed)("lets the public address %s through", (address) => {
    expect(checkAddress(address, [])).toEqual({ allowed: true });
  });

  it("lets through what the operator's ranges cover, and nothing beside them", () => {
    const allow = ["10.20.0.0/16", "fd00:1::/32"];
    expect(checkAddress("10.20.255.255", allow)).toEqual({ allowed: true });
    expect(checkAddress("fd00:1:ffff::1", allow)).toEqual({ allowed: true });
    expect(checkAddress("10.21.0.0", allow).allowed).toBe(false);
    expect(checkAddress("fd00:2::1", allow).allowed).toBe(false);
  });

  it("treats a mapped address as the IPv4 address that a connection to it reaches", () => {
    expect(checkAddress("::ffff:127.0.0.1", ["127.0.0.0/8"])).toEqual({ allowed: true });
    expect(checkAddress("::ffff:127.0.0.1", ["::/0"]).allowed).toBe(false);
    expect(checkAddress("::ffff:127.0.0.1", ["::1/128"]).allowed).toBe(false);
  });

  it("does not let an IPv4 range open the other addresses that carry IPv4 inside", () => {
    for (const address of ["::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "::ffff:0:127.0.0.1"]) {
      expect(checkAddress(address, ["127.0.0.0/8"]).allowed, address).toBe(false);
    }
  });

  it("counts loopback as let through when either family's is", () => {
    expect(allowsLoopback(["127.0.0.0/8"])).toBe(true);
    expect(allowsLoopback(["::1/128"])).toBe(true);
    expect(allowsLoopback(["10.0.0.0/8"])).toBe(false);
    expect(allowsLoopback([])).toBe(false);
  });

  it("says which address was refused and by which rule", () => {
    expect(explainRefusal("169.254.169.254", "link-local (RFC 3927)")).toBe(
      "The address 169.254.169.254 is refused: link-local (RFC 3927).",
    );
  });
});
