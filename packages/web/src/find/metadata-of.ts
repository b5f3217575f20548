/** A pair of metadata as people write it. */

const PAIR = /^([^:=]+)[:=](.+)$/s;
const MOST_CHARACTERS = 1_024;
/** `localhost:8080`, `example.com:8443/hook`: a port, and what has a dot is a host. */
const HOST_WITH_PORT = /^(?:localhost|[^\s:/.]*\.[^\s:/]*):\d{1,5}(?:\/.*)?$/i;

/**
 * `name:value` or `name=value`, as the API asks for it; undefined for what is no pair by its shape: an address with its
 * port, a URL. A value may hold further colons.
 */
export function metadataOf(text: string): string | undefined {
  if (HOST_WITH_PORT.test(text)) return undefined;
  const [, name = "", rest = ""] = PAIR.exec(text) ?? [];
  const [asked, value] = [name.trim(), rest.trim()];
  const isPair = asked !== "" && value !== "" && !value.startsWith("//") && !value.startsWith(":");
  const pair = `${asked}=${value}`;
  return isPair && pair.length <= MOST_CHARACTERS ? pair : undefined;
}
