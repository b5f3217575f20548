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

  it("the id of an endpoint leads to its page", () => {
    const text = "GET /v1/endpoints/ep_01kamq6h5t3vx9bbw1c2d3e4f5";
    expect(readLookup(text)).toEqual({ kind: "page", path: "/endpoints/ep_01KAMQ6H5T3VX9BBW1C2D3E4F5" });
  });

  it("a URL is its target, with the port", () => {
    expect(readLookup("https://Example.com/hook?x=1")).toEqual({ kind: "target", host: "example.com" });
    expect(readLookup("http://127.0.0.1:8080/")).toEqual({ kind: "target", host: "127.0.0.1:8080" });
  });

  it.each([
    "order-42",
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
