import { describe, expect, it } from "vitest";
import { MAX_TARGET_URL_LENGTH, parseTargetUrl } from "./target-url.ts";

/** Written by hand from the IANA registries and the URL standard; nothing here comes from the library. */

const LABEL_63 = "a".repeat(63);
/** Three labels of 63 and one of 61 characters. */
const NAME_253 = [LABEL_63, LABEL_63, LABEL_63, "b".repeat(61)].join(".");

const accepted: ReadonlyArray<readonly [given: string, href: string]> = [
  ["https://example.com/hook", "https://example.com/hook"],
  ["http://example.com", "http://example.com/"],
  ["HTTPS://EXAMPLE.com/Hook", "https://example.com/Hook"],
  ["https://example.com:8443/", "https://example.com:8443/"],
  ["https://example.com:443/", "https://example.com/"],
  ["http://example.com:22/", "http://example.com:22/"],
  ["http://example.com:65535/", "http://example.com:65535/"],
  ["https://example.com/a?b=c&d=%20", "https://example.com/a?b=c&d=%20"],
  ["https://example.com/a@b", "https://example.com/a@b"],
  ["https://example.com/?mail=a@b", "https://example.com/?mail=a@b"],
  ["https://example.com/a/../b", "https://example.com/b"],
  ["https://example.com/#secret", "https://example.com/"],
  ["https://example.com./", "https://example.com./"],
  ["https://bücher.example/", "https://xn--bcher-kva.example/"],
  ["https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"],
  ["https://example.com/é", "https://example.com/%C3%A9"],
  ["https://a_b.example.com/", "https://a_b.example.com/"],
  ["https://localhost.example.com/", "https://localhost.example.com/"],
  ["https://127.0.0.1.example.com/", "https://127.0.0.1.example.com/"],
  [`https://${LABEL_63}.com/`, `https://${LABEL_63}.com/`],
  [`https://${NAME_253}:8443/`, `https://${NAME_253}:8443/`],
  [`https://${NAME_253}./`, `https://${NAME_253}./`],
  ["https://1.1.1.1/", "https://1.1.1.1/"],
  ["https://8.8.8.8:8080/", "https://8.8.8.8:8080/"],
  ["http://134744072/", "http://8.8.8.8/"],
  ["http://0x08080808/", "http://8.8.8.8/"],
  ["http://010.010.010.010/", "http://8.8.8.8/"],
  ["http://9.255.255.255/", "http://9.255.255.255/"],
  ["http://11.0.0.0/", "http://11.0.0.0/"],
  ["http://100.63.255.255/", "http://100.63.255.255/"],
  ["http://100.128.0.0/", "http://100.128.0.0/"],
  ["http://172.15.255.255/", "http://172.15.255.255/"],
  ["http://172.32.0.0/", "http://172.32.0.0/"],
  ["http://223.255.255.255/", "http://223.255.255.255/"],
  ["https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"],
  ["https://[2606:4700:4700:0:0:0:0:1111]/", "https://[2606:4700:4700::1111]/"],
  ["https://[2A00:1450:4001:81B::200E]:8443/", "https://[2a00:1450:4001:81b::200e]:8443/"],
];

const refusedSyntax: ReadonlyArray<readonly [given: string, message: RegExp]> = [
  ["", /http:\/\/ or https:\/\//],
  ["example.com/hook", /http:\/\/ or https:\/\//],
  ["//example.com/hook", /http:\/\/ or https:\/\//],
  ["/hook", /http:\/\/ or https:\/\//],
  ["ftp://example.com/", /http:\/\/ or https:\/\//],
  ["file:///etc/passwd", /http:\/\/ or https:\/\//],
  ["gopher://example.com/", /http:\/\/ or https:\/\//],
  ["ws://example.com/", /http:\/\/ or https:\/\//],
  ["data:text/plain,hello", /http:\/\/ or https:\/\//],
  ["javascript:alert(1)", /http:\/\/ or https:\/\//],
  ["unix:///var/run/docker.sock", /http:\/\/ or https:\/\//],
  ["http+unix://%2Fvar%2Frun%2Fdocker.sock/", /http:\/\/ or https:\/\//],
  ["http:example.com", /http:\/\/ or https:\/\//],
  ["http:/example.com", /http:\/\/ or https:\/\//],
  ["http:///example.com", /http:\/\/ or https:\/\//],
  ["http://", /http:\/\/ or https:\/\//],
  ["https://?a=b", /http:\/\/ or https:\/\//],
  ["https://#a", /http:\/\/ or https:\/\//],
  ["https://user@example.com/", /user name or password/],
  ["https://user:pass@example.com/", /user name or password/],
  ["https://:pass@example.com/", /user name or password/],
  ["https://@example.com/", /user name or password/],
  ["https://example.com@127.0.0.1/", /user name or password/],
  ["https://127.0.0.1:80@example.com/", /user name or password/],
  [" https://example.com/", /space/],
  ["https://example.com/ ", /space/],
  ["https://example.com/a b", /space/],
  ["https://exam\tple.com/", /control character/],
  ["https://example.com/\r\nhost: a", /control character/],
  ["https://example.com/\u0000", /control character/],
  ["https://example.com\\@127.0.0.1/", /backslash/],
  ["https:\\\\example.com\\", /backslash/],
  ["https://example.com:0/", /port 0/],
  ["https://example.com:65536/", /cannot be read/],
  ["https://example.com:http/", /cannot be read/],
  ["https://exam ple.com/".replace(" ", "%20"), /cannot be read/],
  ["https://1.2.3.4.5/", /cannot be read/],
  ["https://256.1.1.1/", /cannot be read/],
  ["https://0x100000000/", /cannot be read/],
  ["https://[::1/", /cannot be read/],
  ["https://[::g]/", /cannot be read/],
  ["https://[fe80::1%25eth0]/", /cannot be read/],
  ["https://[fe80::1%eth0]/", /cannot be read/],
  ["https://[127.0.0.1]/", /cannot be read/],
  [`https://${LABEL_63}a.com/`, /more than 63 characters/],
  [`https://example.${LABEL_63}a./`, /more than 63 characters/],
  [`https://${NAME_253}c/`, /longer than 253 characters/],
  [`https://${NAME_253}c./`, /longer than 253 characters/],
  // 60 characters as it is written, 67 as DNS is asked for it: punycode.
  [`https://ü${"a".repeat(59)}.example/`, /more than 63 characters/],
  ["https://a..example.com/", /empty part/],
  ["https://.example.com/", /empty part/],
  ["https://example.com../", /empty part/],
  ["https://example%2e%2ecom/", /empty part/],
  ["https://example。。com/", /empty part/],
  ["https://1.2.3.4../", /empty part/],
  ["https://./", /empty part/],
  [`https://${".".repeat(2_000)}x/`, /empty part/],
];

const refusedHosts: ReadonlyArray<readonly [host: string, rule: RegExp]> = [
  ["localhost", /localhost/],
  ["LOCALHOST", /localhost/],
  ["localhost.", /localhost/],
  ["localhost..", /localhost/],
  ["localhost:3000", /localhost/],
  ["a.localhost", /localhost/],
  ["a.b.localhost.", /localhost/],
  ["ip6-localhost", /localhost/],
  ["%6c%6f%63%61lhost", /localhost/],
  ["ｌｏｃａｌｈｏｓｔ", /localhost/],
  ["127.0.0.1", /127\.0\.0\.1 is refused: loopback/],
  ["127.0.0.1.", /loopback/],
  ["127.1", /127\.0\.0\.1 is refused: loopback/],
  ["127.0.1", /loopback/],
  ["127.255.255.254", /loopback/],
  ["2130706433", /loopback/],
  ["0x7f000001", /loopback/],
  ["0x7f.1", /loopback/],
  ["0X7F.0.0.0X1", /loopback/],
  ["017700000001", /loopback/],
  ["0177.0.0.1", /loopback/],
  ["0000000177.0.0.01", /loopback/],
  ["%31%32%37.0.0.1", /loopback/],
  ["１２７.０.０.１", /loopback/],
  ["127。0。0。1", /loopback/],
  ["①②⑦.0.0.1", /loopback/],
  ["0", /this network/],
  ["0.0.0.0", /this network/],
  ["0x0", /this network/],
  ["169.254.169.254", /169\.254\.169\.254 is refused: link-local/],
  ["2852039166", /link-local/],
  ["0xa9fea9fe", /link-local/],
  ["0251.0376.0251.0376", /link-local/],
  ["169.254.43518", /link-local/],
  ["10.0.0.1", /private/],
  ["10.1", /private/],
  ["172.16.0.1", /private/],
  ["192.168.1.1:8080", /private/],
  ["0xc0a80101", /private/],
  ["100.100.100.200", /carrier-grade NAT/],
  ["255.255.255.255", /broadcast/],
  ["4294967295", /broadcast/],
  ["[::1]", /loopback/],
  ["[0:0:0:0:0:0:0:1]", /loopback/],
  ["[0000:0000:0000:0000:0000:0000:0000:0001]:3000", /loopback/],
  ["[::]", /unspecified/],
  ["[::ffff:127.0.0.1]", /loopback/],
  ["[::ffff:7f00:1]", /loopback/],
  ["[0:0:0:0:0:ffff:a9fe:a9fe]", /link-local/],
  ["[::ffff:8.8.8.8]", /IPv4-mapped/],
  ["[::127.0.0.1]", /IPv4-compatible/],
  ["[64:ff9b::169.254.169.254]", /NAT64/],
  ["[2002:7f00:1::]", /6to4/],
  ["[fd00:ec2::254]", /unique local/],
  ["[fe80::1]", /link-local/],
];

describe("a target URL", () => {
  it.each(accepted)("%s is accepted as %s", (given, href) => {
    expect(parseTargetUrl(given, [])).toMatchObject({ ok: true, url: { href } });
  });

  it.each(refusedSyntax)("%j is refused", (given, message) => {
    expect(parseTargetUrl(given, [])).toEqual({ ok: false, message: expect.stringMatching(message) });
  });

  it.each(refusedHosts)(
    "with the host %s is refused, over http and https, and the rule is named",
    (host, rule) => {
      for (const scheme of ["http", "https"]) {
        expect(parseTargetUrl(`${scheme}://${host}/hook`, [])).toEqual({
          ok: false,
          message: expect.stringMatching(rule),
        });
      }
    },
  );

  it("is read once into all that a request needs", () => {
    expect(parseTargetUrl("HTTPS://[2606:4700::1]:8443/a/./b?c=d#e", [])).toEqual({
      ok: true,
      url: {
        href: "https://[2606:4700::1]:8443/a/b?c=d",
        origin: "https://[2606:4700::1]:8443",
        host: "[2606:4700::1]:8443",
        hostname: "2606:4700::1",
        port: 8443,
        path: "/a/b?c=d",
      },
    });
    expect(parseTargetUrl("https://example.com", [])).toMatchObject({ url: { port: 443, path: "/" } });
    expect(parseTargetUrl("http://example.com", [])).toMatchObject({ url: { port: 80 } });
  });

  it("may have 2,048 characters and not one more, neither as given nor percent-encoded", () => {
    const longest = "https://example.com/".padEnd(MAX_TARGET_URL_LENGTH, "a");
    expect(parseTargetUrl(longest, [])).toMatchObject({ ok: true, url: { href: longest } });
    expect(parseTargetUrl(`${longest}a`, []).ok).toBe(false);
    expect(parseTargetUrl("https://example.com/".padEnd(MAX_TARGET_URL_LENGTH, "é"), []).ok).toBe(false);
  });

  it("is never repeated in a refusal, for it may hold secrets", () => {
    for (const text of [
      "ftp://a/?token=hunter2",
      "https://u:hunter2@a/",
      "https://[hunter2/",
      "https:// hunter2",
    ]) {
      expect(JSON.stringify(parseTargetUrl(text, []))).not.toContain("hunter2");
    }
  });

  it("may name this machine where the operator lets loopback through, and nothing else that is not public", () => {
    const loopback = ["127.0.0.0/8", "::1/128"];
    for (const host of [
      "localhost",
      "a.localhost",
      "localhost.",
      "127.0.0.1",
      "127.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
    ]) {
      expect(parseTargetUrl(`http://${host}:3000/`, loopback).ok, host).toBe(true);
    }
    for (const host of [
      "0.0.0.0",
      "[::]",
      "10.0.0.1",
      "169.254.169.254",
      "[::127.0.0.1]",
      "[::ffff:10.0.0.1]",
    ]) {
      expect(parseTargetUrl(`http://${host}:3000/`, loopback).ok, host).toBe(false);
    }
    expect(parseTargetUrl("http://localhost/", ["10.0.0.0/8"]).ok).toBe(false);
    expect(parseTargetUrl("http://10.2.3.4/", ["10.0.0.0/8"]).ok).toBe(true);
  });
});
