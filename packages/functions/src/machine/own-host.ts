import type { IncomingMessage, Server, ServerResponse } from "node:http";

const HTTP_PORT = 80;

/** As clients name a server on loopback: where they leave the port out, it is HTTP's own. */
export function loopbackHosts(port: number): ReadonlySet<string> {
  const names = ["127.0.0.1", "localhost"];
  return new Set([...names.map((name) => `${name}:${port}`), ...(port === HTTP_PORT ? names : [])]);
}

/**
 * Refuses requests for a host that is none of these: a page of a foreign site whose name was made to resolve to this
 * machine (DNS rebinding) sends its own name.
 */
export function onlyOwnHost(server: Server, hosts: ReadonlySet<string>): void {
  const behind = server.listeners("request") as Array<
    (request: IncomingMessage, response: ServerResponse) => void
  >;
  const [own] = hosts;
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const asked = askedHosts(request);
    if (asked.length === 1 && hosts.has(asked[0] ?? "")) {
      for (const listener of behind) listener.call(server, request, response);
      return;
    }
    const [status, told] =
      asked.length > 1
        ? [400, "more than one host was asked for."]
        : [403, `this is ${own}, not the host that was asked for.`];
    response
      .writeHead(status, { "content-type": "text/plain", connection: "close" })
      .end(`Refused: ${told}\n`);
  });
}

/** Of a whole URL its own, whatever stands beside it (RFC 9112 §3.2.2). A second one is not looked over, as Node does. */
function askedHosts({ url = "", headersDistinct }: IncomingMessage): readonly string[] {
  const named = headersDistinct.host ?? [];
  if (named.length > 1 || url.startsWith("/")) return named.map((host) => host.toLowerCase());
  const whole = URL.parse(url)?.host;
  return whole === undefined ? [] : [whole];
}
