/** What is sent or shown, as JSON text. */
import { InvalidArgumentError } from "./invalid-argument-error.ts";

/**
 * What is JSON already: it is sent, or was answered, as it is written, its order, escapes and numbers included. A value
 * would be written anew, by JavaScript's rules.
 */
export class JsonText {
  readonly text: string;

  /** @throws InvalidArgumentError if it is not JSON. */
  constructor(text: string) {
    if (!isJson(text)) throw new InvalidArgumentError("The text is not JSON.");
    this.text = text;
  }
}

/** @throws InvalidArgumentError for what JSON cannot say, such as a BigInt. */
export function jsonOf(value: unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArgumentError(`${what} cannot be written as JSON: ${reason}`, { cause });
  }
}

/** A message, or an event, with its body as a `JsonText` or a value. @throws InvalidArgumentError */
export function messageJson<T extends { readonly body?: unknown }>(message: T, what: string): string {
  const { body, ...rest } = message;
  if (!(body instanceof JsonText)) return jsonOf(message, what);
  const others = jsonOf(rest, what).slice(1);
  return `{"body":${body.text}${others === "}" ? "" : ","}${others}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return text.isWellFormed();
  } catch {
    return false;
  }
}
