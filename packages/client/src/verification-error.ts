/** A request that does not come from Homing, or not now: answer it with 400, and do nothing. */
export class VerificationError extends Error {
  override name = "VerificationError";
}
