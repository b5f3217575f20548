import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { endpointSecret, isImportableSecret, sealSecret } from "./endpoint-secret.ts";

const MASTER = "the master of the tests";
const endpoint = buildEndpoint({ senderId: "cus_42", endpointId: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5" });
const BROUGHT_ALONG = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("the secret of an endpoint", () => {
  it("is whsec_ and HMAC-SHA-256 of endpoint, sender, id and generation, each after its length", () => {
    const hmac = createHmac("sha256", MASTER).update("8:endpoint6:cus_4229:ep_01KAMQ6H5T3VX9BBW1C2D3E4F51:1");
    expect(endpointSecret(MASTER, endpoint)).toBe(`whsec_${hmac.digest("base64")}`);
  });

  it("is another for each sender, endpoint and generation", () => {
    const secrets = [
      endpoint,
      { ...endpoint, senderId: "cus_4" },
      { ...endpoint, endpointId: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F6" },
      { ...endpoint, generation: 2 },
    ].map((one) => endpointSecret(MASTER, one));
    expect(new Set(secrets).size).toBe(4);
  });

  it("is the one that was brought along, which is stored in clear nowhere", () => {
    const sealedSecret = sealSecret(MASTER, endpoint, BROUGHT_ALONG);
    expect(Buffer.from(sealedSecret, "base64").includes(BROUGHT_ALONG.slice(6, 14))).toBe(false);
    expect(endpointSecret(MASTER, { ...endpoint, sealedSecret })).toBe(BROUGHT_ALONG);
    expect(sealSecret(MASTER, endpoint, BROUGHT_ALONG)).not.toBe(sealedSecret);
  });

  it("is read under the same master, for the same endpoint and unchanged only", () => {
    const sealedSecret = sealSecret(MASTER, endpoint, BROUGHT_ALONG);
    const sealed = { ...endpoint, sealedSecret };
    expect(() => endpointSecret("another master", sealed)).toThrow();
    expect(() => endpointSecret(MASTER, { ...sealed, endpointId: "ep_another" })).toThrow();
    const changed = Buffer.from(sealedSecret, "base64");
    changed[20] = (changed[20] ?? 0) ^ 1;
    expect(() => endpointSecret(MASTER, { ...sealed, sealedSecret: changed.toString("base64") })).toThrow();
  });
});

describe("a secret that is brought along", () => {
  const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;

  it("has 24 to 64 bytes (Standard Webhooks), in base64", () => {
    for (const sound of [of(24), of(32), of(64), of(25).replace(/=+$/, ""), BROUGHT_ALONG])
      expect(isImportableSecret(sound)).toBe(true);
    for (const wrong of [of(23), of(65), "whsec_", `whsk_${of(32).slice(6)}`, `${of(32)}!`, of(32).slice(6)])
      expect(isImportableSecret(wrong)).toBe(false);
  });
});
