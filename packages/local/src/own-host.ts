import type { IncomingMessage, Server, ServerResponse } from "node:http";

const HTTP_PORT = 80;

/**
 * Refuses requests for another host: a page of a foreign site whose name was made to resolve to loopback (DNS
 * rebinding) sends its own name.
 */
export function onlyOwnHost(server: Server, port: number): void {
  const names = ["127.0.0.1", "localhost"];
  const hosts = new Set(names.map((name) => `${name}:${port}`));
  // Where a client leaves the port out, it is HTTP's own.
  if (port === HTTP_PORT) for (const name of names) hosts.add(name);
  const behind = server.listeners("request") as Array<
    (request: IncomingMessage, response: ServerResponse) => void
  >;
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    if (hosts.has(request.headers.host ?? "")) {
      for (const listener of behind) listener.call(server, request, response);
      return;
    }
    response
      .writeHead(403, { "content-type": "text/plain", connection: "close" })
      .end(`Refused: this is 127.0.0.1:${port}, not the host that was asked for.\n`);
  });
}
