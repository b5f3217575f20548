/** The first message of a Homing that has none: to its own health page, which answers without a receiver. */
import { API_URL } from "../api/client.ts";

export const HEALTH_PAGE = `${API_URL}/v1/health`;

export interface FirstMessage {
  readonly targetUrl: string;
  readonly method?: "GET";
  readonly body?: { readonly hello: string };
}

/** A page is read; a target of one's own gets something to see. */
export function firstMessage(targetUrl: string): FirstMessage {
  return targetUrl === HEALTH_PAGE
    ? { targetUrl, method: "GET" }
    : { targetUrl, body: { hello: "from Homing" } };
}

/** A line for a shell that sends it. */
export function curlFor(message: FirstMessage, key: string): string {
  const headers = [`authorization: Bearer ${key}`, "content-type: application/json"];
  return [
    `curl -sS ${API_URL}/v1/messages`,
    ...headers.map((header) => `-H ${quoted(header)}`),
    `-d ${quoted(JSON.stringify(message))}`,
  ].join(" ");
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
