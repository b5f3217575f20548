import { describe, expect, it } from "vitest";
import { checkHeaders, isSecretHeader, maskHeaders } from "./headers.ts";

const names = (headers: Record<string, string>) => checkHeaders(headers).map((problem) => problem.name);

describe("a producer's headers", () => {
  it.each([
    "content-type",
    "Authorization",
    "cookie",
    "user-agent",
    "accept",
    "x-api-key",
    "idempotency-key",
    "x-custom",
    "content-encoding",
    "X_Under.Score~!#$%&'*+^`|",
    "x-webhook-id",
    "webhooks",
    "cf-access-client-id",
    "CF-Access-Client-Secret",
    "x-vercel-protection-bypass",
    "x-originally-from",
    "viaduct",
  ])("may hold %s", (name) => {
    expect(checkHeaders({ [name]: "value" })).toEqual([]);
  });

  it.each([
    "host",
    "Host",
    "content-length",
    "transfer-encoding",
    "Connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "http2-settings",
    "proxy-authorization",
    "Proxy-Connection",
    "webhook-id",
    "WEBHOOK-SIGNATURE",
    "webhook-timestamp",
    "webhook-anything",
    "webhook_id",
    "X_Forwarded_For",
    "Transfer_Encoding",
    "traceparent",
    "tracestate",
    "x-correlation-id",
    "Accept-Encoding",
    "x-amz-date",
    "X-Amzn-Trace-Id",
    "x-forwarded-for",
    "X-Forwarded-Host",
    "forwarded",
    "Via",
    "X-Real-IP",
    "x_real_ip",
    "True-Client-IP",
    "CF-Connecting-IP",
    "cf-connecting-ipv6",
    "cf-ipcountry",
    "CF-RAY",
    "CDN-Loop",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "X-Original-URL",
    "X-Original-Host",
    "X-Original-Forwarded-For",
    "X-Rewrite-URL",
    "X-Envoy-External-Address",
    "x-envoy-original-path",
    "X-Azure-ClientIP",
    "X-MS-Client-Principal-Name",
    "X-Goog-Authenticated-User-Email",
    "x-goog-iap-jwt-assertion",
    "x-vercel-forwarded-for",
  ])("may not hold %s", (name) => {
    expect(names({ [name]: "value" })).toEqual([name]);
  });

  it.each(["", "a b", "a:b", "a\r\nb", "é", "a/b", "(a)", "a\u0000"])("may not be named %j", (name) => {
    expect(names({ [name]: "value" })).toEqual([name]);
  });

  it.each(["a\r\nx-injected: 1", "a\nb", "a\rb", "a\u0000b", "\u007f", "\u001b", "€", "🙂"])(
    "may not have the value %j",
    (value) => {
      expect(names({ "x-a": value })).toEqual(["x-a"]);
    },
  );

  it.each(["", "plain", "a\tb", "Grüße"])("may have the value %j", (value) => {
    expect(checkHeaders({ "x-a": value })).toEqual([]);
  });

  it("may not name one header twice in different case", () => {
    expect(checkHeaders({ "X-A": "1", "x-b": "2", "x-a": "3" })).toEqual([
      { name: "x-a", message: expect.stringContaining('"X-A" and "x-a"') },
    ]);
  });

  it("may be 64, not 65", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, ""]));
    expect(checkHeaders(many(64))).toEqual([]);
    expect(checkHeaders(many(65))).toEqual([{ message: expect.stringContaining("64") }]);
  });

  it("may take 16,384 bytes of names and values in all, not one more", () => {
    expect(checkHeaders({ "x-a": "v".repeat(16_381) })).toEqual([]);
    expect(checkHeaders({ "x-a": "v".repeat(16_382) })).toEqual([
      { message: expect.stringContaining("16,384") },
    ]);
  });

  it("are told everything that is wrong with them at once", () => {
    expect(names({ host: "a", "x-a": "\n", "b c": "\u0000" })).toEqual(["host", "x-a", "b c", "b c"]);
  });
});

describe("secret headers", () => {
  it.each([
    "Authorization",
    "proxy-authorization",
    "Cookie",
    "Set-Cookie",
    "x-api-key",
    "X-Auth-Token",
    "client-secret",
    "x-password",
    "Webhook-Signature",
    "apikey",
    "X-Auth",
    "x-session-id",
    "X-Credentials",
    "x-jwt-assertion",
    "X-Passwd",
    "x-passphrase",
    "X-HMAC",
    "x-hub-hmac-sha256",
    "cookie2",
  ])("%s is masked", (name) => {
    expect(isSecretHeader(name)).toBe(true);
    expect(maskHeaders({ [name]: "hunter2" })).toEqual({ [name]: "***" });
  });

  it("leaves the others as they are", () => {
    expect(maskHeaders({ "content-type": "text/plain", "x-order": "42" })).toEqual({
      "content-type": "text/plain",
      "x-order": "42",
    });
  });
});
