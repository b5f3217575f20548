import type { PeerCertificate } from "node:tls";
import { errors } from "undici";
import { describe, expect, it } from "vitest";
import { classifyError, explainTimeout } from "./classify-error.ts";
import type { Progress } from "./progress.ts";
import { TargetNotAllowedError } from "./target-not-allowed.ts";

const NOW = Date.UTC(2026, 10, 26);
const PEER = { address: "203.0.113.7", port: 443 };

const withCode = (code: string, more: object = {}) =>
  Object.assign(new Error("secret text of a receiver"), { code, ...more });
const classify = (
  error: unknown,
  phase: Progress["phase"] = "SENT",
  certificate?: Partial<PeerCertificate>,
) =>
  classifyError(error, {
    hostname: "hook.example",
    now: NOW,
    progress: { phase, ...PEER, ...(certificate && { certificate: certificate as PeerCertificate }) },
  });

describe("why an attempt failed", () => {
  it.each([
    ["ENOTFOUND", "DNS_FAILED", "hook.example does not exist (NXDOMAIN)"],
    ["ENODATA", "DNS_FAILED", "hook.example has neither an A nor an AAAA record (NODATA)"],
    ["ESERVFAIL", "DNS_FAILED", "the name servers failed to answer for hook.example (SERVFAIL)"],
    ["EREFUSED", "DNS_FAILED", "the name servers refused to answer for hook.example (REFUSED)"],
    ["ETIMEOUT", "DNS_FAILED", "the name servers did not answer for hook.example in time"],
    ["EBADRESP", "DNS_FAILED", "asking for hook.example failed (EBADRESP)"],
    [
      "ECONNREFUSED",
      "CONNECTION_REFUSED",
      "nothing accepts connections at 203.0.113.7 port 443 (ECONNREFUSED)",
    ],
    ["EHOSTUNREACH", "NETWORK_ERROR", "there is no way to 203.0.113.7 port 443 (EHOSTUNREACH)"],
    ["ETIMEDOUT", "TIMEOUT", "203.0.113.7 port 443 did not take the connection (ETIMEDOUT)"],
    ["EMFILE", "NETWORK_ERROR", "the connection to 203.0.113.7 port 443 failed (EMFILE)"],
    ["UND_ERR_INVALID_ARG", "INVALID_REQUEST", "it cannot be sent (UND_ERR_INVALID_ARG)"],
    ["INTERIM_FLOOD", "INVALID_RESPONSE", "there was no end to its interim (1xx) responses"],
  ])("%s: %s, %s", (code, errorCode, detail) => {
    expect(classify(withCode(code))).toEqual({ code: errorCode, detail });
  });

  it("tells a connection that was closed before the request left from one closed after", () => {
    const reset = withCode("ECONNRESET");
    expect(classify(reset, "CONNECTING").detail).toBe(
      "203.0.113.7 port 443 closed the connection while it was being made, before anything was sent (ECONNRESET)",
    );
    expect(classify(reset, "SECURING").detail).toBe(
      "203.0.113.7 port 443 closed the connection during the TLS handshake, before anything was sent (ECONNRESET)",
    );
    expect(classify(reset, "SENT")).toEqual({
      code: "CONNECTION_RESET",
      detail:
        "203.0.113.7 port 443 closed the connection after the request had left, and may have acted on it (ECONNRESET)",
    });
  });

  it.each([
    ["RESOLVING", "after 15 s the target's name was still being resolved, and nothing was sent"],
    ["CONNECTING", "after 15 s there was no connection to 203.0.113.7 port 443, and nothing was sent"],
    [
      "SECURING",
      "after 15 s the TLS handshake with 203.0.113.7 port 443 had not ended, and nothing was sent",
    ],
    ["SENT", "the request had left for 203.0.113.7 port 443, but after 15 s no answer had come"],
  ] as const)("tells where a deadline found it: %s", (phase, detail) => {
    expect(explainTimeout({ phase, ...PEER }, 15_000)).toBe(detail);
  });

  it("lets the address speak that could be tried at all, of several", () => {
    const failures = [
      withCode("ENETUNREACH", { address: "2001:db8::7" }),
      withCode("ECONNREFUSED", { address: "203.0.113.9" }),
    ];
    expect(classify(new AggregateError(failures)).detail).toBe(
      "nothing accepts connections at 203.0.113.9 port 443 (ECONNREFUSED)",
    );
    expect(classify(new AggregateError(failures.slice(0, 1)))).toEqual({
      code: "NETWORK_ERROR",
      detail: "there is no way to 2001:db8::7 port 443 (ENETUNREACH)",
    });
  });

  it("repeats the egress guard's sentence, and no library's", () => {
    const sentence = "The address 10.0.0.1 is refused: private (RFC 1918).";
    expect(classify(new TargetNotAllowedError(sentence))).toEqual({
      code: "TARGET_NOT_ALLOWED",
      detail: sentence,
    });
    for (const error of [
      withCode("EWHATEVER"),
      new Error("secret"),
      new errors.SocketError("other side closed"),
      new errors.HTTPParserError("secret"),
      "secret",
    ]) {
      expect(classify(error).detail).not.toContain("secret");
    }
  });
});

describe("why there is no trusted TLS connection", () => {
  const names = (subjectaltname: string) => ({ subjectaltname });

  it.each<[string, Partial<PeerCertificate> | undefined, string]>([
    [
      "CERT_HAS_EXPIRED",
      { valid_to: "Jan  2 00:00:00 2026 GMT" },
      "the certificate of 203.0.113.7 port 443 expired on 2026-01-02",
    ],
    [
      "CERT_HAS_EXPIRED",
      { valid_to: "Jan  2 00:00:00 2027 GMT" },
      "a certificate in the chain of 203.0.113.7 port 443 has expired",
    ],
    ["CERT_HAS_EXPIRED", undefined, "a certificate in the chain of 203.0.113.7 port 443 has expired"],
    [
      "CERT_NOT_YET_VALID",
      { valid_from: "Jan  2 00:00:00 2027 GMT" },
      "the certificate of 203.0.113.7 port 443 is not valid before 2027-01-02",
    ],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      {},
      "the certificate of 203.0.113.7 port 443 is self-signed: nobody vouches for it",
    ],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      { issuer: { CN: "Let's Encrypt R11" } as PeerCertificate["issuer"] },
      "203.0.113.7 port 443 does not send the intermediate certificate of its issuer, Let's Encrypt R11, or its authority is not publicly trusted",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      names("DNS:a.example, DNS:*.b.example"),
      "the certificate of 203.0.113.7 port 443 is for a.example, *.b.example, not for hook.example",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      names("DNS:a, DNS:b, IP Address:192.0.2.1, DNS:d, DNS:e"),
      "the certificate of 203.0.113.7 port 443 is for a, b, 192.0.2.1 and 2 other names, not for hook.example",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      {},
      "the certificate of 203.0.113.7 port 443 is for no name at all, not for hook.example",
    ],
    [
      "ERR_SSL_WRONG_VERSION_NUMBER",
      undefined,
      "203.0.113.7 port 443 does not speak TLS, perhaps plain HTTP",
    ],
    [
      "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
      undefined,
      "203.0.113.7 port 443 speaks no version of TLS from 1.2 on",
    ],
    [
      "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
      undefined,
      "203.0.113.7 port 443 refused the TLS handshake: no cipher in common, or it demands a client certificate",
    ],
    ["EPROTO", undefined, "the TLS handshake with 203.0.113.7 port 443 failed"],
  ])("%s", (code, certificate, explanation) => {
    expect(classify(withCode(code), "SECURING", certificate)).toEqual({
      code: "TLS_FAILED",
      detail: `${explanation} (${code})`,
    });
  });

  it("takes little of a certificate, and nothing that could forge a line or a sentence", () => {
    const evil = `DNS:${"a".repeat(5_000)}, DNS:x\r\n\u001b[31m\u202eFAKE, DNS:<script>`;
    for (const certificate of [
      names(evil.repeat(50)),
      { subject: { CN: ["x\ny", "z"] } as unknown as PeerCertificate["subject"] },
    ]) {
      const { detail } = classify(withCode("ERR_TLS_CERT_ALTNAME_INVALID"), "SECURING", certificate);
      expect(detail).toMatch(/^[\x20-\x7e…]*$/);
      expect(detail).not.toMatch(/[<>[\]]/);
      expect(detail.length).toBeLessThan(400);
    }
  });
});
