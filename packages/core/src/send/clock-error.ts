/** Under these names AWS refuses requests whose time it does not believe; most of them have other causes, too. */
const NAMES = new Set([
  "AccessDeniedException",
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** "Signature expired: … is now earlier than …", "Signature not yet current: …", "Request has expired.", … */
const SPEAKS_OF_TIME =
  /(?:signature|request) (?:has )?expired|not yet current|in the future|too (?:skewed|large)/i;

/**
 * Whether AWS refused a request for the time it was signed at: by a process that had been frozen in between, or
 * whose clock was wrong. The next one is signed anew, by a clock that the SDK has corrected meanwhile.
 * https://github.com/aws/aws-sdk-js-v3/issues/7605
 */
export function isClockError(name: string, error: unknown): boolean {
  if (!(error instanceof Error) || !NAMES.has(name)) return false;
  const { $metadata } = error as { readonly $metadata?: { readonly clockSkewCorrected?: unknown } };
  return $metadata?.clockSkewCorrected === true || SPEAKS_OF_TIME.test(error.message);
}
