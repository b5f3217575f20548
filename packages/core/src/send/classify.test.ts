import { describe, expect, it } from "vitest";
import type { SendErrorCode } from "../message/message.ts";
import { SendError } from "../queue/message-queue.ts";
import { classifyBatchEntry, classifySendError } from "./classify.ts";

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
