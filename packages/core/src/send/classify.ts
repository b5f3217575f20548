/** What a failed send means, decided in this one place. */
import { isServerError, isThrottlingError, isTransientError } from "@smithy/service-error-classification";
import type { SendErrorCode } from "../message/message.ts";
import { type Blame, SendError } from "../queue/message-queue.ts";
import { isClockError } from "./clock-error.ts";

interface Rule {
  readonly code: SendErrorCode;
  readonly retryable: boolean;
  /** Where the code alone does not say it. */
  readonly blames?: Blame;
}

const rule = (code: SendErrorCode, retryable: boolean, blames?: Blame): Rule => ({
  code,
  retryable,
  ...(blames === undefined ? {} : { blames }),
});

/**
 * Names that SQS, KMS (an encrypted queue) and the signature check use; from the SQS API reference
 * (SendMessage, SendMessageBatch, Common Errors) and the KMS API reference, with and without the prefixes of
 * the older query protocol (`KMS.DisabledException`), which entries of a batch still show. What is not named
 * here is judged by the SDK's own classification.
 */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ...names(
    ["RequestThrottled", "KmsThrottled", "ThrottlingException", "OverLimit"],
    rule("QUEUE_THROTTLED", true),
  ),
  ...names(
    [
      "InternalError",
      "InternalFailure",
      "ServiceUnavailable",
      "KMSInternalException",
      "DependencyTimeoutException",
    ],
    rule("QUEUE_UNAVAILABLE", true),
  ),
  ...names(
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
      "MissingAuthenticationTokenException",
      "NotAuthorized",
      "OptInRequired",
      "RequestExpired",
      "SignatureDoesNotMatch",
      "UnrecognizedClientException",
      "CredentialsProviderError",
      "DisabledException",
      "InvalidKeyUsageException",
      "InvalidSignatureException",
      "InvalidStateException",
      "NotFoundException",
    ],
    rule("QUEUE_DENIED", false),
  ),
  ...names(
    // A queue that is set up wrong refuses every message alike: that must not count against any of them.
    [
      "InvalidAttributeValue",
      "InvalidParameterCombination",
      "InvalidParameterValue",
      "MissingParameter",
      "UnsupportedOperation",
      "ValidationError",
      "ValidationException",
    ],
    rule("QUEUE_DENIED", false, "unknown"),
  ),
  ...names(
    ["QueueDoesNotExist", "NonExistentQueue", "QueueDeletedRecently", "InvalidAddress"],
    rule("QUEUE_MISSING", false),
  ),
  ...names(["InvalidMessageContents", "BatchRequestTooLong"], rule("QUEUE_REJECTED_CONTENT", false)),
]);

/** Errors of the network below the SDK: no answer came, so the copy may or may not have been taken. */
const NETWORK = new Set([
  "TimeoutError",
  "AbortError",
  "RequestTimeout",
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/**
 * Classifies whatever a send was rejected with. Transient errors (network, timeouts, throttling, 5xx) are
 * retryable; permanent ones (denied, no such queue, invalid contents) are not; an unknown one counts as
 * transient under the code UNCLASSIFIED, so that it is retried and noticed.
 */
export function classifySendError(error: unknown): SendError {
  if (error instanceof SendError) return error;
  const name = errorName(error);
  const { code, retryable, blames } = ruleFor(error, name);
  return new SendError(code, retryable, name, error, blames);
}

/**
 * The same for a request of so many copies that failed as a whole. Of several it says nothing about any one: what
 * does not speak against the queue is unclassified until each has been sent alone.
 */
export function classifyRequest(error: unknown, copies: number): SendError {
  const classified = classifySendError(error);
  const { blames, errorName: name } = classified;
  return copies <= 1 || blames === "queue" ? classified : new SendError("UNCLASSIFIED", true, name, error);
}

/** One failed entry of a batch: SQS gives only the name of the error. */
export function classifyBatchEntry(name: string): SendError {
  const bare = withoutPrefix(name);
  const { code, retryable, blames } = ruleFor(Object.assign(new Error(bare), { name: bare }), bare);
  return new SendError(code, retryable, bare, undefined, blames);
}

function ruleFor(error: unknown, name: string): Rule {
  if (isClockError(name, error)) return rule("QUEUE_UNAVAILABLE", true);
  return RULES.get(name) ?? judge(error, name);
}

function judge(error: unknown, name: string): Rule {
  if (error instanceof Error) {
    const sdkError = error as Parameters<typeof isTransientError>[0];
    if (isThrottlingError(sdkError)) return rule("QUEUE_THROTTLED", true);
    if (NETWORK.has(name) || isTransientError(sdkError) || isServerError(sdkError))
      return rule("QUEUE_UNAVAILABLE", true);
  }
  return rule("UNCLASSIFIED", true);
}

/** Node's own errors are all named "Error" and carry a code; AWS's carry their name. */
function errorName(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = (error as { code?: unknown }).code;
  const name = error.name === "Error" && typeof code === "string" ? code : error.name;
  return withoutPrefix(name);
}

/** `AWS.SimpleQueueService.NonExistentQueue` and `com.amazonaws.sqs#QueueDoesNotExist` by their last part. */
function withoutPrefix(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("#")) + 1);
}

function names(list: readonly string[], value: Rule): Array<[string, Rule]> {
  return list.map((name) => [name, value]);
}
