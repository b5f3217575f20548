import { describe, expect, test } from "vitest";
import { randomAccessKeyId, refusal } from "./guard.ts";

const KEY = "HOMINGABC";
const signed = (accessKeyId: string) =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261122/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00`;

describe("a request to an embedded server", () => {
  test.each(["127.0.0.1:4100", "localhost:4100"])(
    "passes when it is for %s and signed with this start's key",
    (host) => {
      expect(refusal({ host, authorization: signed(KEY) }, 4100, KEY)).toBeUndefined();
    },
  );

  test.each([
    "evil.example:4100",
    "127.0.0.1",
    "127.0.0.1:4101",
    "localhost.evil.example:4100",
    "[::1]:4100",
    undefined,
  ])("is refused for Host %s", (host) => {
    expect(refusal({ host, authorization: signed(KEY) }, 4100, KEY)).toBe("foreign host");
  });

  test.each(["http://localhost:4100", "https://evil.example", "null"])(
    "is refused from a page of origin %s",
    (origin) => {
      expect(refusal({ host: "127.0.0.1:4100", origin, authorization: signed(KEY) }, 4100, KEY)).toBe(
        "not for browsers",
      );
    },
  );

  test.each([
    undefined,
    "",
    "Bearer HOMINGABC",
    signed("AKIAIOSFODNN7EXAMPLE"),
    signed(`${KEY}D`),
    signed(KEY.slice(0, -1)),
    `x ${signed(KEY)}`,
    `AWS4-HMAC-SHA256 Credential=${KEY}`,
  ])("is refused with authorization %s", (authorization) => {
    expect(refusal({ host: "127.0.0.1:4100", authorization }, 4100, KEY)).toBe("not signed for this server");
  });
});

test("an access key is different at every start and fits a credential scope", () => {
  expect(randomAccessKeyId()).toMatch(/^HOMING[0-9A-F]{40}$/);
  expect(randomAccessKeyId()).not.toBe(randomAccessKeyId());
});
