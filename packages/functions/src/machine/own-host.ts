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
    if (hosts.has((request.headers.host ?? "").toLowerCase())) {
      for (const listener of behind) listener.call(server, request, response);
      return;
    }
    response
      .writeHead(403, { "content-type": "text/plain", connection: "close" })
      .end(`Refused: this is ${own}, not the host that was asked for.\n`);
  });
}
