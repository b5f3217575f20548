import { describe, expect, it } from "vitest";
import { readLookup } from "./read-lookup.ts";

const ID = "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5";

describe("a lookup is understood as it comes", () => {
  it.each([
    ["as it is", ID],
    ["in lower case", ID.toLowerCase()],
    ["with spaces and quotes around it", `  "${ID}" `],
    ["in a link", `https://homing.example.com/messages/${ID}?from=mail`],
    ["in a line of a log", `{"level":"INFO","messageId":"${ID}","status":202}`],
  ])("a message id %s", (_how, text) => {
    expect(readLookup(text)).toEqual({ kind: "page", path: `/messages/${ID}` });
  });

  it.each([
    ["ep", "endpoints"],
    ["evt", "events"],
  ])("the id of one of its kind leads to its page: %s_", (prefix, place) => {
    const rest = "01KAMQ6H5T3VX9BBW1C2D3E4F5";
    const text = `GET /v1/${place}/${prefix}_${rest.toLowerCase()}`;
    expect(readLookup(text)).toEqual({ kind: "page", path: `/${place}/${prefix}_${rest}` });
  });

  it("a URL is its target, with the port", () => {
    expect(readLookup("https://Example.com/hook?x=1")).toEqual({ kind: "target", host: "example.com" });
    expect(readLookup("http://127.0.0.1:8080/")).toEqual({ kind: "target", host: "127.0.0.1:8080" });
  });

  it.each([
    ["::1", "[::1]"],
    ["2001:DB8:0:0:0:0:0:1", "[2001:db8::1]"],
    ["[::1]:8080", "[::1]:8080"],
    ["[2001:db8::1]", "[2001:db8::1]"],
  ])("an address of IPv6 is a target, as targets are written: %s", (text, host) => {
    expect(readLookup(text)).toEqual({ kind: "target", host });
  });

  it.each([
    "order-42",
    "order:1234",
    "order=1234",
    "a:b:c",
    "12:30:45",
    "host:8080",
    "localhost:8080",
    "example.com:8080",
    "10.0.0.1:80",
    "[x]",
    "ab:cd:ef:01",
    "msg_01KAM",
    `${ID}X`,
    "01KAMQ6H5T3VX9BBW1C2D3E4F5",
    "example.com",
    "acme",
    "https://",
  ])("%s may be several things", (text) => {
    expect(readLookup(text)).toEqual({ kind: "text", text });
  });

  it("nothing is nothing", () => {
    expect(readLookup("  ")).toBeUndefined();
  });
});
