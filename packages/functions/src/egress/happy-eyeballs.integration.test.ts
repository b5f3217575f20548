import { execFile, execFileSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { createHostResolver } from "./host-resolver.ts";
import { createHttpClient } from "./http-client.ts";
import { startRawReceiver } from "./test-fixtures/raw-receiver.ts";

const run = promisify(execFile);

const whyNoNamespace = (() => {
  try {
    execFileSync("unshare", ["--net", "ip", "link", "set", "lo", "up"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs Linux and the right to make network namespaces: root";
  }
})();

/** One request from a namespace in which 192.0.2.0/24 swallows everything, until an address of it wakes up. */
async function request(addresses: string[], { awakens = "", timeoutMs = 20_000 } = {}) {
  const script = fileURLToPath(new URL("test-fixtures/two-addresses.ts", import.meta.url));
  const args = ["--net", process.execPath, script, addresses.join(), awakens, String(timeoutMs)];
  const { stdout } = await run("unshare", args);
  return JSON.parse(stdout);
}

describe.skipIf(whyNoNamespace !== undefined)(
  `a target of several addresses${whyNoNamespace === undefined ? "" : ` (skipped: ${whyNoNamespace})`}`,
  () => {
    it("is reached over the second when the first swallows everything", async () => {
      expect(await request(["192.0.2.1", "127.0.0.1"])).toMatchObject({
        result: { kind: "response", status: 200 },
        connecting: 0,
        connections: 1,
      });
    });

    it("is reached over the first although it takes a second, long after the next was tried", async () => {
      const outcome = await request(["192.0.2.1", "192.0.2.2"], { awakens: "192.0.2.1" });
      expect(outcome).toMatchObject({ result: { status: 200 }, connecting: 0, connections: 1 });
    });

    it("is reached over IPv4 when IPv6 has no way out", async () => {
      const outcome = await request(["2001:db8::1", "127.0.0.1"]);
      expect(outcome).toMatchObject({ result: { status: 200 }, connections: 1 });
    });

    it("that are all silent: one deadline over everything, and nothing goes on behind it", async () => {
      const outcome = await request(["192.0.2.1", "192.0.2.2"], { timeoutMs: 1_000 });
      expect(outcome).toMatchObject({
        result: {
          code: "TIMEOUT",
          detail: expect.stringMatching(
            /^after 1 s there was no connection to 192\.0\.2\.1(, 192\.0\.2\.2)? port \d+, and nothing was sent$/,
          ),
        },
        connecting: 0,
        connections: 0,
      });
    });

    it("one of which is refused is not connected to at all", async () => {
      for (const addresses of [
        ["127.0.0.1", "10.0.0.1"],
        ["10.0.0.1", "127.0.0.1"],
      ]) {
        const outcome = await request(addresses);
        expect(outcome).toMatchObject({
          result: { code: "TARGET_NOT_ALLOWED" },
          connections: 0,
          connecting: 0,
        });
      }
    });
  },
);

describe("name servers that answer A at once and AAAA never", () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function nameServer(): Promise<string> {
    const socket: Socket = createSocket("udp4");
    socket.on("message", (query, { port, address }) => {
      const questionEnd = query.indexOf(0, 12) + 5;
      const isA = query.readUInt16BE(questionEnd - 4) === 1;
      if (!isA) return;
      const reply = Buffer.from(query.subarray(0, questionEnd));
      reply.writeUInt16BE(0x8180, 2);
      reply.writeUInt16BE(1, 6);
      reply.writeUInt32BE(0, 8);
      const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
      socket.send(Buffer.concat([reply, record]), port, address);
    });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    cleanups.push(() => socket.close());
    return `127.0.0.1:${(socket.address() as AddressInfo).port}`;
  }

  it.each([1, 2])("hold nothing up, %d of them", async (count) => {
    const servers = await Promise.all(Array.from({ length: count }, nameServer));
    const target = await startRawReceiver((socket) =>
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
    );
    cleanups.push(() => target.close());
    const http = createHttpClient({
      allowPrivateTargets: ["127.0.0.0/8"],
      resolve: createHostResolver({ servers }),
    });
    cleanups.push(() => http.close());
    // The resolver asks for AAAA again after 3 s and gives up after 6 s or more: this deadline is over before.
    const result = await http.request(
      { url: `http://hook.example:${target.port}/`, method: "POST", headers: [], body: "{}" },
      { timeoutMs: 2_500, keepBytes: 100 },
    );
    expect(result).toMatchObject({ kind: "response", status: 200 });
  });
});
