import { describe, expect, it } from "vitest";
import type { SendErrorCode } from "../message/message.ts";
import { SendError } from "../queue/message-queue.ts";
import { classifyBatchEntry, classifyRequest, classifySendError } from "./classify.ts";

/** An error as the AWS SDK throws it: the service's name for it, and the answer's status. */
function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error("arn:aws:sqs:eu-central-1:123456789012:secret"), {
    name,
    $fault: "client",
    $metadata: { httpStatusCode },
  });
}

/** An error as Node's sockets throw it. */
const nodeError = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

const judge = (error: unknown) => {
  const { code, retryable, errorName } = classifySendError(error);
  return { code, retryable, errorName };
};

const TABLE: ReadonlyArray<[SendErrorCode, boolean, readonly string[]]> = [
  [
    "QUEUE_THROTTLED",
    true,
    [
      "RequestThrottled",
      "KmsThrottled",
      "ThrottlingException",
      "Throttling",
      "ThrottledException",
      "RequestThrottledException",
      "TooManyRequestsException",
      "SlowDown",
      "OverLimit",
    ],
  ],
  [
    "QUEUE_UNAVAILABLE",
    true,
    [
      "InternalError",
      "InternalFailure",
      "ServiceUnavailable",
      "KMSInternalException",
      "DependencyTimeoutException",
      "TimeoutError",
      "AbortError",
      "RequestTimeout",
      "RequestTimeoutException",
    ],
  ],
  [
    "QUEUE_DENIED",
    false,
    [
      "AccessDenied",
      "AccessDeniedException",
      "AuthFailure",
      "ExpiredToken",
      "ExpiredTokenException",
      "IncompleteSignature",
      "InvalidAccessKeyId",
      "InvalidClientTokenId",
      "InvalidSecurity",
      "KmsAccessDenied",
      "KmsDisabled",
      "KmsInvalidKeyUsage",
      "KmsInvalidState",
      "KmsNotFound",
      "KmsOptInRequired",
      "MissingAuthenticationToken",
      "NotAuthorized",
      "OptInRequired",
      "RequestExpired",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "UnrecognizedClientException",
      "CredentialsProviderError",
      // What a queue that is set up wrong answers to every message: no fault of the message's contents.
      "InvalidAttributeValue",
      "InvalidParameterValue",
      "MissingParameter",
      "ValidationException",
      "UnsupportedOperation",
    ],
  ],
  [
    "QUEUE_MISSING",
    false,
    [
      "QueueDoesNotExist",
      "NonExistentQueue",
      "AWS.SimpleQueueService.NonExistentQueue",
      "com.amazonaws.sqs#QueueDoesNotExist",
      "QueueDeletedRecently",
      "InvalidAddress",
    ],
  ],
  [
    "QUEUE_REJECTED_CONTENT",
    false,
    ["InvalidMessageContents", "BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"],
  ],
];

describe("send-failure detection by error type", () => {
  it.each(TABLE.flatMap(([code, retryable, names]) => names.map((name) => ({ name, code, retryable }))))(
    "the queue's error $name is $code, retryable: $retryable",
    ({ name, code, retryable }) => {
      expect(classifySendError(awsError(name))).toMatchObject({ code, retryable });
    },
  );

  it.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
  ])("the network's error %s is transient", (code) => {
    expect(judge(nodeError(code))).toEqual({ code: "QUEUE_UNAVAILABLE", retryable: true, errorName: code });
  });

  it("a connection refused on every address of a name is transient", () => {
    const error = Object.assign(new AggregateError([nodeError("ECONNREFUSED")]), { code: "ECONNREFUSED" });
    expect(judge(error)).toMatchObject({ code: "QUEUE_UNAVAILABLE", retryable: true });
  });

  it.each([500, 502, 503, 504])("an unnamed error with the status %d is transient", (status) => {
    expect(judge(awsError("SomethingNew", status))).toMatchObject({
      code: "QUEUE_UNAVAILABLE",
      retryable: true,
    });
  });

  it("an unnamed error with the status 429 is throttling", () => {
    expect(judge(awsError("SomethingNew", 429))).toMatchObject({ code: "QUEUE_THROTTLED", retryable: true });
  });

  it.each<[string, unknown, string]>([
    ["a new name of the service", awsError("SomethingNew"), "SomethingNew"],
    ["a bug of ours", new TypeError("x is not a function"), "TypeError"],
    ["a nameless error", new Error("?"), "Error"],
    ["a text", "no error at all", "unknown"],
    ["nothing", undefined, "unknown"],
    ["a name that every object has", awsError("constructor"), "constructor"],
  ])("%s counts as transient and is unclassified", (_name, error, errorName) => {
    expect(judge(error)).toEqual({ code: "UNCLASSIFIED", retryable: true, errorName });
  });

  it("keeps what the queue said in its cause only", () => {
    const error = classifySendError(awsError("AccessDenied", 403));
    expect(error.cause).toBeInstanceOf(Error);
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("arn:");
    expect(error.message).not.toContain("AccessDenied");
  });

  it("leaves an error that is classified already as it is", () => {
    const error = new SendError("QUEUE_MISSING", false, "QueueDoesNotExist");
    expect(classifySendError(error)).toBe(error);
  });
});

describe("send-failure detection by error type, of one entry of a batch", () => {
  it.each<[string, SendErrorCode, boolean]>([
    ["InternalError", "QUEUE_UNAVAILABLE", true],
    ["AWS.SimpleQueueService.InternalError", "QUEUE_UNAVAILABLE", true],
    ["ServiceUnavailable", "QUEUE_UNAVAILABLE", true],
    ["RequestThrottled", "QUEUE_THROTTLED", true],
    ["KmsThrottled", "QUEUE_THROTTLED", true],
    ["KMS.ThrottlingException", "QUEUE_THROTTLED", true],
    ["Throttling", "QUEUE_THROTTLED", true],
    ["KMS.AccessDeniedException", "QUEUE_DENIED", false],
    ["KMS.DisabledException", "QUEUE_DENIED", false],
    ["KMS.InvalidKeyUsageException", "QUEUE_DENIED", false],
    ["KMS.InvalidStateException", "QUEUE_DENIED", false],
    ["KMS.NotFoundException", "QUEUE_DENIED", false],
    ["KMS.OptInRequired", "QUEUE_DENIED", false],
    ["InvalidMessageContents", "QUEUE_REJECTED_CONTENT", false],
    ["SomethingNew", "UNCLASSIFIED", true],
  ])("%s is %s, retryable: %s", (name, code, retryable) => {
    expect(classifyBatchEntry(name)).toMatchObject({ code, retryable });
  });
});

describe("a signature that AWS takes for too old or too new", () => {
  const refused = (name: string, message: string, corrected?: true) =>
    Object.assign(new Error(message), {
      name,
      $fault: "client",
      $metadata: { httpStatusCode: 403, ...(corrected ? { clockSkewCorrected: true } : {}) },
    });

  it.each([
    ["InvalidSignatureException", "Signature expired: 20261126T100000Z is now earlier than 20261126T101000Z"],
    [
      "InvalidSignatureException",
      "Signature not yet current: 20261126T101000Z is still later than 20261126T1000Z",
    ],
    ["SignatureDoesNotMatch", "Signature expired: 20261126T100000Z is now earlier than 20261126T101000Z"],
    ["com.amazonaws.sqs#RequestExpired", "Request has expired. Timestamp date is 2026-11-26T10:00:00Z."],
  ])("is transient: %s, %s", (name, message) => {
    expect(judge(refused(name, message))).toMatchObject({ code: "QUEUE_UNAVAILABLE", retryable: true });
  });

  it.each(["InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "AccessDeniedException"])(
    "is transient once the SDK has corrected its clock: %s",
    (name) => {
      expect(judge(refused(name, "no", true))).toMatchObject({ code: "QUEUE_UNAVAILABLE", retryable: true });
    },
  );

  it.each([
    [
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
    ],
    ["ExpiredToken", "The security token included in the request is expired"],
  ])("is none where nothing speaks of the time of signing: %s, %s", (name, message) => {
    expect(judge(refused(name, message))).toMatchObject({ code: "QUEUE_DENIED", retryable: false });
  });
});

describe("an answer to several copies together says nothing about any one of them", () => {
  it.each([
    "InvalidMessageContents",
    "BatchRequestTooLong",
    "AWS.SimpleQueueService.BatchRequestTooLong",
    "InvalidParameterValue",
    "SomethingNew",
  ])("%s", (name) => {
    expect(classifyRequest(awsError(name), 2)).toMatchObject({
      code: "UNCLASSIFIED",
      retryable: true,
      blames: "unknown",
    });
  });

  it.each<[string, number, SendErrorCode, string]>([
    ["InvalidMessageContents", 1, "QUEUE_REJECTED_CONTENT", "copy"],
    ["InvalidParameterValue", 1, "QUEUE_DENIED", "unknown"],
    ["AccessDenied", 1, "QUEUE_DENIED", "queue"],
    ["AccessDenied", 10, "QUEUE_DENIED", "queue"],
    ["RequestThrottled", 10, "QUEUE_THROTTLED", "queue"],
    ["QueueDoesNotExist", 10, "QUEUE_MISSING", "queue"],
  ])("%s to %d is %s and speaks against: %s", (name, copies, code, blames) => {
    expect(classifyRequest(awsError(name), copies)).toMatchObject({ code, blames });
  });
});
