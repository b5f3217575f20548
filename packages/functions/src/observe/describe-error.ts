/** Codes that AWS, Node and HTTP give to errors. */
const CODE = /^[\w.#-]{1,100}$/;
const DEEPEST_CAUSE = 3;

/**
 * What a log line says of an error: name, message, stack, code and causes, and nothing else. An error of the AWS
 * SDK carries the request's answer and, for a lost condition, the whole item; all of that would be printed.
 */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, message, stack, cause } = error;
  const code =
    "code" in error && typeof error.code === "string" && CODE.test(error.code) ? error.code : undefined;
  return {
    name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined || depth === DEEPEST_CAUSE ? {} : { cause: describeError(cause, depth + 1) }),
  };
}
