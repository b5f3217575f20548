/**
 * Runs in a network namespace of its own, made by `unshare --net`: one request to a name of several addresses,
 * some of which swallow what is sent to them. Prints the result, the connections still being made, and how
 * many the receiver took.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttpClient } from "../http-client.ts";

const [addresses = "", awakens = "", timeoutMs = "0"] = process.argv.slice(2);
const ip = (...args: string[]) => execFileSync("ip", args);

ip("link", "set", "lo", "up");
// What goes to the loopback interface and is not for an address of it is gone, without a word.
ip("addr", "add", "198.51.100.1/32", "dev", "lo");
ip("route", "add", "192.0.2.0/24", "dev", "lo", "src", "198.51.100.1");

let connections = 0;
const server = createServer((_request, response) => response.end("ok"));
server.on("connection", () => {
  connections += 1;
});
server.listen(0, "0.0.0.0");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

const http = createHttpClient({
  allowPrivateTargets: ["127.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"],
  resolve: async () => ({ addresses: addresses.split(",") }),
});
const attempt = http.request(
  { url: `http://hook.example:${port}/`, method: "POST", headers: [], body: "{}" },
  { timeoutMs: Number(timeoutMs), keepBytes: 100 },
);
// Linux sends a SYN again after a second: an address that wakes up until then takes that long to connect to.
if (awakens !== "") setTimeout(() => ip("addr", "add", `${awakens}/32`, "dev", "lo"), 500);
const result = await attempt;

const SYN_SENT = "02";
const states = ["tcp", "tcp6"].flatMap((table) =>
  readFileSync(`/proc/self/net/${table}`, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[3]),
);
const connecting = states.filter((state) => state === SYN_SENT).length;
process.stdout.write(JSON.stringify({ result, connecting, connections }));
process.exit(0);
