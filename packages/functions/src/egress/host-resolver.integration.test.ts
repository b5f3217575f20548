import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHostResolver } from "./host-resolver.ts";

const TYPE_A = 1;
const TYPE_AAAA = 28;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

/**
 * Never answers names that begin with "slow", and holds back what it knows of halfslow.example's AAAA until
 * `answerHeld`.
 */
const RECORDS: Record<string, Record<number, number[]>> = {
  "hook.example": { [TYPE_A]: [203, 0, 113, 7], [TYPE_AAAA]: [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 7] },
  "nosix.example": { [TYPE_A]: [203, 0, 113, 8] },
  "halfslow.example": {
    [TYPE_A]: [203, 0, 113, 9],
    [TYPE_AAAA]: [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 9],
  },
  "empty.example": {},
  "refused6.example": {},
  "six.example": { [TYPE_AAAA]: [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 6] },
};

/** Other response codes than those of a name that is known or not. */
function responseCode(name: string, type: number): number {
  if (name === "servfail.example") return SERVFAIL;
  if (name === "refused6.example" && type === TYPE_AAAA) return REFUSED;
  if (name === "nosix.example" && type === TYPE_AAAA) return NXDOMAIN;
  return RECORDS[name] ? 0 : NXDOMAIN;
}

let server: Socket;
let servers: string[];
let held: (() => void)[];
const answerHeld = () => {
  for (const send of held.splice(0)) send();
};
beforeEach(async () => {
  held = [];
  server = createSocket("udp4");
  server.on("message", (query, { port, address }) => {
    const { name, type, questionEnd } = readQuestion(query);
    if (name.startsWith("slow")) return;
    const send = () => server.send(answer(query.subarray(0, questionEnd), name, type), port, address);
    if (name === "halfslow.example" && type === TYPE_AAAA) held.push(send);
    else send();
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

function answer(question: Buffer, name: string, type: number): Buffer {
  const data = RECORDS[name]?.[type];
  const reply = Buffer.from(question);
  reply.writeUInt16BE(0x8180 | responseCode(name, type), 2);
  reply.writeUInt16BE(data ? 1 : 0, 6);
  reply.writeUInt32BE(0, 8);
  if (!data) return reply;
  // A pointer to the name, type, class IN, 60 s, length, address.
  const record = [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data];
  return Buffer.concat([reply, Buffer.from(record)]);
}

describe("the resolution of names", () => {
  it("gives the addresses of both families, or of the one there is", async () => {
    const resolve = createHostResolver({ servers });
    expect(await resolve("hook.example")).toEqual({
      addresses: expect.toSatisfy((all) => all.sort().join() === "2001:db8::7,203.0.113.7"),
    });
    expect(await resolve("six.example")).toEqual({ addresses: ["2001:db8::6"] });
  });

  it("rejects with a DNS code for a name that nobody knows", async () => {
    const resolve = createHostResolver({ servers });
    await expect(resolve("missing.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("goes on while the servers of many other names do not answer", async () => {
    const resolve = createHostResolver({ servers });
    const outcomes: string[] = [];
    for (let i = 0; i < 50; i++) void resolve(`slow${i}.example`).catch(() => outcomes.push("slow"));
    await resolve("hook.example").then(() => outcomes.push("hook"));
    expect(outcomes).toEqual(["hook"]);
  });

  it("takes the hosts file's word before the name servers', where it is used at all", async () => {
    const hostsFile = async (hostname: string) => (hostname === "hook.example" ? ["127.0.0.1"] : []);
    expect(await createHostResolver({ hostsFile, servers })("hook.example")).toEqual({
      addresses: ["127.0.0.1"],
    });
    expect(await createHostResolver({ hostsFile, servers })("six.example")).toEqual({
      addresses: ["2001:db8::6"],
    });
    expect((await createHostResolver({ servers })("hook.example")).addresses).not.toContain("127.0.0.1");
  });

  it("asks the system for names that only this machine knows, where the hosts file is used", async () => {
    await expect(createHostResolver({ servers })("localhost")).rejects.toMatchObject({ code: "ENOTFOUND" });
    const local = createHostResolver({ hostsFile: async () => [], servers });
    expect((await local("localhost")).addresses).toContain("127.0.0.1");
    await expect(local("missing.example")).rejects.toMatchObject({ code: "ENOTFOUND", syscall: "queryA" });
  });

  it("goes on without the family that does not answer, and tells what it says when it does (RFC 8305 §3)", async () => {
    const resolve = createHostResolver({ servers });
    const { addresses, late } = await resolve("halfslow.example");
    expect(addresses).toEqual(["203.0.113.9"]);
    answerHeld();
    expect(await late).toEqual(["2001:db8::9"]);
  });

  it.each([
    ["NXDOMAIN", "missing.example", "ENOTFOUND"],
    ["SERVFAIL", "servfail.example", "ESERVFAIL"],
    ["neither type", "empty.example", "ENODATA"],
    ["one type refused, the other missing", "refused6.example", "EREFUSED"],
  ])("tells %s from the others", async (_name, hostname, code) => {
    await expect(createHostResolver({ servers })(hostname)).rejects.toMatchObject({ code });
  });

  it("calls silent name servers a failure of the DNS, before an attempt's deadline does it to the target", async () => {
    const resolve = createHostResolver({ servers, limitMs: 50 });
    await expect(resolve("slow.example")).rejects.toMatchObject({ code: "ETIMEOUT" });
    // One family that says nothing leaves the other's word.
    expect((await resolve("halfslow.example")).addresses).toEqual(["203.0.113.9"]);
    const { late } = await resolve("halfslow.example");
    expect(await (late ?? [])).toEqual([]);
  });

  it("believes NXDOMAIN of neither type alone: some servers answer it for the one they do not know", async () => {
    const resolve = createHostResolver({ servers });
    expect(await resolve("nosix.example")).toEqual({ addresses: ["203.0.113.8"] });
  });
});
