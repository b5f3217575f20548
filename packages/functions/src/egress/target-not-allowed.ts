/** The egress guard's no. The message is a whole sentence that names the address or port and the rule. */
export class TargetNotAllowedError extends Error {
  override name = "TargetNotAllowedError";
}
