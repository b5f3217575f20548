import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Arrivals {
  readonly url: string;
  /** Resolves when a request to `/NAME` arrives; asked for before it can. */
  of(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A target in this process, by whose clock deliveries are timed. Answers 200, or as it is told, at once unless it is to take its time. */
export async function startArrivals(
  onArrival: () => void = () => {},
  delayMs = 0,
  status = 200,
): Promise<Arrivals> {
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    request.resume();
    onArrival();
    const answer = () => response.writeHead(status, { "content-type": "text/plain" }).end("thanks");
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
    const name = request.url?.slice(1) ?? "";
    waiting.get(name)?.();
    waiting.delete(name);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    of: (name) => new Promise((resolve) => waiting.set(name, resolve)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
