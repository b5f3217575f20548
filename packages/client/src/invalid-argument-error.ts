/** The call itself is wrong: nothing was sent, and repeating it cannot help. */
export class InvalidArgumentError extends TypeError {
  override name = "InvalidArgumentError";
}
