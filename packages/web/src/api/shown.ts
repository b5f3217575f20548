import { bodyOf, prettyJson } from "./exact-json.ts";

/** As text what must not lose a digit by being parsed and printed again. */
export interface ShownText {
  readonly bodyText: string | undefined;
  readonly bodyIsString: boolean;
  readonly rawText: string;
}

/** An answer of the API that has a body of somebody else's in it. */
export function readShown<T extends { readonly body?: unknown }>(
  text: string,
): ShownText & { readonly value: T } {
  const value = JSON.parse(text) as T;
  const rawText = prettyJson(text);
  const { body } = value;
  return typeof body === "string"
    ? { value, rawText, bodyText: body, bodyIsString: true }
    : { value, rawText, bodyText: bodyOf(rawText), bodyIsString: false };
}
