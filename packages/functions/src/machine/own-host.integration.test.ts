import { once } from "node:events";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { loopbackHosts, onlyOwnHost } from "./own-host.ts";

let server: Server;
afterEach(() => {
  server.close();
});

/** What a server that takes itself for one at this port answers to a request for this host. */
async function statusFor(host: string, port: number): Promise<number | undefined> {
  server = createServer((_request, response) => response.end());
  onlyOwnHost(server, loopbackHosts(port));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const call = get({ port: (server.address() as AddressInfo).port, headers: { host }, agent: false });
  const [response] = await once(call, "response");
  response.resume();
  return response.statusCode;
}

it.each([
  ["127.0.0.1:3000", 3_000],
  ["localhost:3000", 3_000],
  // RFC 9110 §7.2, RFC 3986 §6.2.3: clients leave the scheme's own port out.
  ["127.0.0.1", 80],
  ["localhost", 80],
  ["localhost:80", 80],
])("a request for %s is answered at port %i", async (host, port) => {
  expect(await statusFor(host, port)).toBe(200);
});

it.each([
  ["rebound.example:3000", 3_000],
  ["127.0.0.1:3001", 3_000],
  ["127.0.0.1", 3_000],
  ["rebound.example", 80],
])("a request for %s is refused at port %i", async (host, port) => {
  expect(await statusFor(host, port)).toBe(403);
});
