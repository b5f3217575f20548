/** A command line that cannot be understood; its message says what to write instead. */
export class UsageError extends Error {
  override name = "UsageError";
}
