import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { messageIdForKey } from "../message/message-id.ts";
import { ENDPOINT_ID, endpointIdForKey, newEndpointId } from "./endpoint-id.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

describe("the id of an endpoint", () => {
  it("is ep_ and 26 characters, sorts by time and is never made twice", () => {
    const ids = Array.from({ length: 100 }, () => newEndpointId(1));
    for (const id of ids) expect(id).toMatch(ENDPOINT_ID);
    expect(new Set(ids).size).toBe(100);
    expect(newEndpointId(1) < newEndpointId(2)).toBe(true);
  });

  it("follows from sender, kind and key, each after its length", () => {
    const digest = createHash("sha256").update("6:cus_42:8:endpoint:5:key-1").digest();
    const expected = Array.from(digest.subarray(0, 26), (byte) => ALPHABET[byte & 31]).join("");
    expect(endpointIdForKey("cus_42", "key-1")).toBe(`ep_${expected}`);
  });

  it("has nothing in common with a message of the same key", () => {
    expect(endpointIdForKey("acme", "key-1").slice(3)).not.toBe(messageIdForKey("acme", "key-1").slice(4));
  });
});
