import { deriveSigningSecret, signatureHeaders } from "@homing/core/delivery/sign";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "./invalid-argument-error.ts";
import { VerificationError } from "./verification-error.ts";
import { verify } from "./verify.ts";

/** The examples of https://github.com/standard-webhooks/standard-webhooks: its specification, and its libraries' tests. */
const SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl";
const BODY = '{"event_type":"ping","data":{"success":true}}';
const SIGNATURE = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=";
const SIGNED_AT = 1_731_705_121;
const HEADERS = {
  "webhook-id": "msg_loFOjxBNrRLzqYUf",
  "webhook-timestamp": String(SIGNED_AT),
  "webhook-signature": SIGNATURE,
};
const OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const at = (seconds: number) => ({ now: () => seconds * 1_000 });
const verified = (headers: Parameters<typeof verify>[1], body: Parameters<typeof verify>[2] = BODY) =>
  verify(SECRET, headers, body, at(SIGNED_AT));

it("takes the example of the specification", async () => {
  expect(await verified(HEADERS)).toEqual({
    webhookId: "msg_loFOjxBNrRLzqYUf",
    signedAt: new Date("2024-11-15T21:12:01Z"),
  });
});

it("takes what Homing signs, with one secret or two, with a body or none", async () => {
  const [old, young] = [1, 2].map((generation) => deriveSigningSecret("master", "acme", generation));
  for (const body of ["", '{"name":"é"}'])
    for (const secret of [old, young]) {
      const headers = signatureHeaders({
        messageId: "msg_1",
        timestampMs: SIGNED_AT * 1_000 + 999,
        body,
        secrets: [young ?? "", old ?? ""],
      });
      expect(await verify(secret ?? "", { ...headers }, body, at(SIGNED_AT))).toMatchObject({
        webhookId: "msg_1",
      });
    }
});

describe("takes a genuine request", () => {
  it.each<[string, Parameters<typeof verify>[1]]>([
    ["with the headers of fetch", new Headers(HEADERS)],
    [
      "with headers in another spelling",
      Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name.toUpperCase(), value])),
    ],
    ["with a second signature before", { ...HEADERS, "webhook-signature": `v1,AAAA ${SIGNATURE}` }],
    ["with one of another kind behind", { ...HEADERS, "webhook-signature": `${SIGNATURE} v1a,AAAA` }],
  ])("%s", async (_, headers) => {
    await expect(verified(headers)).resolves.toBeDefined();
  });

  it("with its body as bytes, of a larger buffer too", async () => {
    const bytes = new TextEncoder().encode(`..${BODY}`);
    await expect(verified(HEADERS, bytes.subarray(2))).resolves.toBeDefined();
    await expect(verified(HEADERS, bytes.slice(2).buffer)).resolves.toBeDefined();
  });

  it("with one of several secrets, and with one that has no prefix", async () => {
    for (const secrets of [[OTHER, SECRET], [SECRET, OTHER], SECRET.slice("whsec_".length)])
      await expect(verify(secrets, HEADERS, BODY, at(SIGNED_AT))).resolves.toBeDefined();
  });

  it.each([-300, 300])("that was signed %i seconds from now", async (seconds) => {
    await expect(verify(SECRET, HEADERS, BODY, at(SIGNED_AT + seconds))).resolves.toBeDefined();
  });
});

describe("refuses a request", () => {
  it.each<[string, Parameters<typeof verify>[1]]>([
    ["without an id", { ...HEADERS, "webhook-id": undefined }],
    ["with another id", { ...HEADERS, "webhook-id": "msg_loFOjxBNrRLzqYUg" }],
    ["with two ids", { ...HEADERS, "Webhook-Id": "msg_loFOjxBNrRLzqYUf" }],
    ["without a timestamp", { ...HEADERS, "webhook-timestamp": "" }],
    ["with another timestamp", { ...HEADERS, "webhook-timestamp": String(SIGNED_AT + 1) }],
    ["with a timestamp that is written otherwise", { ...HEADERS, "webhook-timestamp": `${SIGNED_AT}.0` }],
    ["with a timestamp that is no number", { ...HEADERS, "webhook-timestamp": "NaN" }],
    ["without a signature", { ...HEADERS, "webhook-signature": "" }],
    ["with half a signature", { ...HEADERS, "webhook-signature": SIGNATURE.slice(0, 20) }],
    ["with the version alone", { ...HEADERS, "webhook-signature": "v1," }],
    ["with another version of it", { ...HEADERS, "webhook-signature": SIGNATURE.replace("v1", "v2") }],
    ["with its last character wrong", { ...HEADERS, "webhook-signature": SIGNATURE.replace("0=", "1=") }],
  ])("%s", async (_, headers) => {
    await expect(verified(headers)).rejects.toThrow(VerificationError);
  });

  it("with another body, or the same one written anew", async () => {
    for (const body of ["", `${BODY} `, JSON.stringify(JSON.parse(BODY), null, 1)])
      await expect(verified(HEADERS, body)).rejects.toThrow(VerificationError);
  });

  it("of another sender", async () => {
    await expect(verify([OTHER], HEADERS, BODY, at(SIGNED_AT))).rejects.toThrow(/another one/);
  });

  it.each([-301, 301])("that was signed %i seconds from now, and says so", async (seconds) => {
    const late = verify(SECRET, HEADERS, BODY, at(SIGNED_AT + seconds));
    await expect(late).rejects.toThrow(/signed 301 s from now/);
    const tolerant = { ...at(SIGNED_AT + seconds), toleranceSeconds: 301 };
    await expect(verify(SECRET, HEADERS, BODY, tolerant)).resolves.toBeDefined();
  });
});

it.each<[string, string | string[]]>([
  ["no secret at all", ""],
  ["an empty list of them", []],
  ["the prefix alone", "whsec_"],
  ["an empty one beside a good one", [SECRET, ""]],
  ["one that is not base64", "whsec_not a secret!"],
])("says of %s that nobody can verify with it", async (_, secret) => {
  await expect(verify(secret, HEADERS, BODY, at(SIGNED_AT))).rejects.toThrow(InvalidArgumentError);
});

it("says of a parsed body that it is needed as it was received", async () => {
  const parsed: unknown = JSON.parse(BODY);
  await expect(verified(HEADERS, parsed as string)).rejects.toThrow(/as it was received/);
});
