import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHostResolver } from "./host-resolver.ts";

const TYPE_A = 1;
const TYPE_AAAA = 28;
const NXDOMAIN = 3;

/** Never answers names that begin with "slow"; knows hook.example and, over IPv6 only, six.example. */
const RECORDS: Record<string, Record<number, number[]>> = {
  "hook.example": { [TYPE_A]: [203, 0, 113, 7], [TYPE_AAAA]: [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 7] },
  "six.example": { [TYPE_AAAA]: [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 6] },
};

let server: Socket;
let servers: string[];
beforeEach(async () => {
  server = createSocket("udp4");
  server.on("message", (query, { port, address }) => {
    const { name, type, questionEnd } = readQuestion(query);
    if (name.startsWith("slow")) return;
    server.send(answer(query.subarray(0, questionEnd), RECORDS[name], type), port, address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  servers = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
});
afterEach(() => server.close());

/** RFC 1035 §4.1: a header of 12 bytes, then labels, type and class. */
function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), questionEnd: at + 5 };
}

function answer(question: Buffer, known: Record<number, number[]> | undefined, type: number): Buffer {
  const data = known?.[type];
  const reply = Buffer.from(question);
  reply.writeUInt16BE(0x8180 | (known ? 0 : NXDOMAIN), 2);
  reply.writeUInt16BE(data ? 1 : 0, 6);
  reply.writeUInt32BE(0, 8);
  if (!data) return reply;
  // A pointer to the name, type, class IN, 60 s, length, address.
  const record = [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data];
  return Buffer.concat([reply, Buffer.from(record)]);
}

describe("the resolution of names", () => {
  it("gives the addresses of both families, or of the one there is", async () => {
    const resolve = createHostResolver({ useHostsFile: false, servers });
    expect(await resolve("hook.example")).toEqual(["203.0.113.7", "2001:db8::7"]);
    expect(await resolve("six.example")).toEqual(["2001:db8::6"]);
  });

  it("rejects with a DNS code for a name that nobody knows", async () => {
    const resolve = createHostResolver({ useHostsFile: false, servers });
    await expect(resolve("missing.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("goes on while the servers of many other names do not answer", async () => {
    const resolve = createHostResolver({ useHostsFile: false, servers });
    const outcomes: string[] = [];
    for (let i = 0; i < 50; i++) void resolve(`slow${i}.example`).catch(() => outcomes.push("slow"));
    await resolve("hook.example").then(() => outcomes.push("hook"));
    expect(outcomes).toEqual(["hook"]);
  });

  it("knows this machine's own names only where that is asked for", async () => {
    await expect(createHostResolver({ useHostsFile: false, servers })("localhost")).rejects.toThrow();
    expect(await createHostResolver({ useHostsFile: true, servers })("localhost")).toContain("127.0.0.1");
  });
});
