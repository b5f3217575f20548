import { once } from "node:events";
import { createServer, get, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
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

/** The status line of what such a server, at port 3000, answers to these lines of a head. */
async function answerTo(...lines: readonly string[]): Promise<string | undefined> {
  server = createServer((_request, response) => response.end());
  onlyOwnHost(server, loopbackHosts(3_000));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write([...lines, "connection: close", "", ""].join("\r\n"));
  return (await text(socket)).split("\r\n", 1)[0];
}

// RFC 9112 §3.2: more than one Host is answered 400, or whoever passes requests on may have gone by the other.
it.each([
  ["127.0.0.1:3000", "rebound.example"],
  ["rebound.example", "127.0.0.1:3000"],
  ["127.0.0.1:3000", "127.0.0.1:3000"],
])("a request for both %s and %s is none", async (one, other) => {
  expect(await answerTo("GET / HTTP/1.1", `host: ${one}`, `Host: ${other}`)).toBe("HTTP/1.1 400 Bad Request");
});

// RFC 9112 §3.2.2: a whole URL counts, and the Host beside it does not.
it.each([
  ["http://rebound.example/", "127.0.0.1:3000", 403],
  ["http://rebound.example:3000/", "127.0.0.1:3000", 403],
  ["http://127.0.0.1:3000@rebound.example/", "127.0.0.1:3000", 403],
  ["http://127.0.0.1:3000/", "rebound.example", 200],
  ["http://LOCALHOST:3000/", "127.0.0.1:3000", 200],
  ["//rebound.example/", "127.0.0.1:3000", 200],
])("a request for %s is answered by what it names, not by its host %s", async (url, host, status) => {
  expect(await answerTo(`GET ${url} HTTP/1.1`, `host: ${host}`)).toMatch(`HTTP/1.1 ${status}`);
});
