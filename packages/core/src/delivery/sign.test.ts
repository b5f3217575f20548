import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { deriveSigningSecret, signatureHeaders } from "./sign.ts";

describe("the signature of an attempt", () => {
  it("equals the specification's own test vector", () => {
    expect(
      signatureHeaders({
        messageId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestampMs: 1_614_265_330_000,
        body: '{"test": 2432232314}',
        secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
      }),
    ).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is accepted by receivers that know either secret while a rotation overlaps", () => {
    const secrets = [deriveSigningSecret("master", "acme", 2), deriveSigningSecret("master", "acme", 1)];
    const message = { messageId: "msg_1", timestampMs: Date.now(), body: '{"naïve":"🙂"}', secrets };
    const headers = { ...signatureHeaders(message) };
    expect(headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(message.body, headers)).toEqual({ naïve: "🙂" });
    }
    const other = new Webhook(deriveSigningSecret("master", "acme", 3));
    expect(() => other.verify(message.body, headers)).toThrow();
  });

  it("signs the UTF-8 bytes, and for no body the empty string", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const key = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
    for (const body of ["", "Grüße 🙂"]) {
      const expected = createHmac("sha256", key)
        .update(Buffer.from(`msg_1.1700000000.${body}`, "utf8"))
        .digest("base64");
      const headers = signatureHeaders({
        messageId: "msg_1",
        timestampMs: 1_700_000_000_999,
        body,
        secrets: [secret],
      });
      expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
    }
  });
});

describe("the documentation", () => {
  it("gives a function for Node that tells genuine requests from others", async () => {
    const page = readFileSync(new URL("../../../../docs/guides/verifying.md", import.meta.url), "utf8");
    const code = /```js is-genuine.js\n(?<code>.*?)```/s.exec(page)?.groups?.code ?? "";
    const { isGenuine } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const [ours, other] = [
      deriveSigningSecret("master", "acme", 1),
      deriveSigningSecret("master", "acme", 2),
    ];
    const timestampMs = 1_700_000_000_000;
    const body = '{"naïve":"🙂"}';
    const headers = signatureHeaders({ messageId: "msg_1", timestampMs, body, secrets: [other, ours] });

    expect(isGenuine(ours, headers, body, 1_700_000_300)).toBe(true);
    expect(isGenuine(ours, headers, Buffer.from(body), 1_699_999_700)).toBe(true);
    expect(isGenuine(ours, headers, body, 1_700_000_301)).toBe(false);
    expect(isGenuine(ours, headers, `${body} `, 1_700_000_000)).toBe(false);
    expect(isGenuine(ours, { ...headers, "webhook-id": "msg_2" }, body, 1_700_000_000)).toBe(false);
    expect(isGenuine(deriveSigningSecret("other", "acme", 1), headers, body, 1_700_000_000)).toBe(false);
    expect(isGenuine(ours, {}, body)).toBe(false);
  });
});

describe("a sender's secret", () => {
  it("is whsec_ and 32 bytes in base64, the same every time", () => {
    const secret = deriveSigningSecret("master", "acme", 1);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(deriveSigningSecret(Buffer.from("master"), "acme", 1)).toBe(secret);
    const expected = createHmac("sha256", "master").update("4:acme1:1").digest("base64");
    expect(secret).toBe(`whsec_${expected}`);
  });

  it("differs for every master, sender and generation", () => {
    const secrets = [
      deriveSigningSecret("master", "acme", 1),
      deriveSigningSecret("other", "acme", 1),
      deriveSigningSecret("master", "acme", 2),
      deriveSigningSecret("master", "acme1", 1),
      deriveSigningSecret("master", "acme", 11),
    ];
    expect(new Set(secrets).size).toBe(secrets.length);
  });
});
