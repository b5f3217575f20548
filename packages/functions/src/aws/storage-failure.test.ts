import { describe, expect, it } from "vitest";
import { storageFailure } from "./storage-failure.ts";

const refused = (name: string, message: string, corrected?: true) =>
  Object.assign(new Error(message), {
    name,
    $fault: "client",
    $metadata: { httpStatusCode: 400, ...(corrected ? { clockSkewCorrected: true } : {}) },
  });

describe("a call that the table refuses", () => {
  it.each([
    ["InvalidSignatureException", "Signature expired: 20261126T100000Z is now earlier than 20261126T101000Z"],
    [
      "InvalidSignatureException",
      "Signature not yet current: 20261126T1010Z is still later than 20261126T1000Z",
    ],
    ["SignatureDoesNotMatch", "Signature expired: 20261126T100000Z is now earlier than 20261126T101000Z"],
  ])("for the time of its signature may be repeated, and changed nothing: %s, %s", (name, message) => {
    expect(storageFailure(refused(name, message))).toMatchObject({
      retryable: true,
      mayHaveTakenEffect: false,
    });
  });

  it("while the SDK corrects its clock may be repeated", () => {
    expect(storageFailure(refused("AccessDeniedException", "no", true)).retryable).toBe(true);
  });

  it.each([
    ["AccessDeniedException", "not authorized"],
    ["InvalidSignatureException", "The signature does not match"],
    ["ValidationException", "Item size has exceeded the maximum allowed size"],
  ])("for good is not: %s, %s", (name, message) => {
    expect(storageFailure(refused(name, message))).toMatchObject({
      retryable: false,
      mayHaveTakenEffect: false,
    });
  });
});
