/** A target in a process of its own, so that its work is nobody else's: answers 200, after `?delay=` milliseconds. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const server = createServer(async (request, response) => {
  const delayMs = Number(/[?&]delay=(\d+)/.exec(request.url ?? "")?.[1] ?? 0);
  request.resume();
  if (delayMs > 0) await wait(delayMs);
  response.writeHead(200, { "content-type": "application/json" }).end('{"received":true}');
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once("disconnect", () => process.exit());
