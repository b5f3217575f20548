/** What a handler's answer means for its batch: these messages succeeded, or the answer makes no sense. */
export type BatchOutcome = { readonly succeeded: readonly string[] } | { readonly invalid: string };

/**
 * Reads the answer of a handler with partial batch responses as Lambda does: no answer or no failures is
 * success; an identifier that is missing, empty or unknown makes the whole batch fail.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function batchOutcome(response: unknown, messageIds: readonly string[]): BatchOutcome {
  if (response === undefined || response === null) return { succeeded: messageIds };
  if (typeof response !== "object") return { invalid: "the answer is not an object" };

  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return { succeeded: messageIds };
  if (!Array.isArray(failures)) return { invalid: "batchItemFailures is not a list" };

  const failed = new Set<unknown>(failures.map((failure) => failure?.itemIdentifier));
  for (const id of failed) {
    if (typeof id !== "string" || !messageIds.includes(id)) {
      return { invalid: "an itemIdentifier is not one of the batch" };
    }
  }
  return { succeeded: messageIds.filter((id) => !failed.has(id)) };
}
