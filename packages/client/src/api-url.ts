import { InvalidArgumentError } from "./invalid-argument-error.ts";

/**
 * Where the API is, from what people write: with or without `/v1` and slashes at the end. Answers it without them.
 *
 * @throws InvalidArgumentError
 */
export function apiUrlOf(text: string): string {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) {
    throw new InvalidArgumentError(
      `"${text}" is not a URL such as http://127.0.0.1:3000 or https://api.example.com.`,
    );
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new InvalidArgumentError(
      "The URL of the API must hold neither a user, nor a query, nor a fragment.",
    );
  const path = url.pathname.split("/").filter((part) => part !== "");
  if (path.at(-1) === "v1") path.pop();
  return [url.origin, ...path].join("/");
}
