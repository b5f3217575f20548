import { describe, expect, it } from "vitest";
import { createEchoMask } from "./echoed-secrets.ts";

describe("secrets that a receiver sends back", () => {
  it.each([
    ["authorization", "Bearer abc.def-123", 'got "Bearer abc.def-123"', 'got "***"'],
    ["Authorization", "Bearer abc.def-123", "your token abc.def-123 is old", "your token *** is old"],
    ["cookie", "session=0123456789; theme=dark42", "session 0123456789", "session ***"],
    ["webhook-signature", "v1,aaaaaaaa= v1,bbbbbbbb=", "bad: v1,bbbbbbbb=", "bad: v1,***"],
    ["x-api-key", "k3y-k3y", "k3y-k3y k3y-k3y", "*** ***"],
  ])("in %s: %s are masked", (name, value, given, shown) => {
    expect(createEchoMask([[name, value]])(given)).toBe(shown);
  });

  it.each([
    ["authorization", "Bearer abcdef", "a bearer token is needed"],
    ["x-token", "a", "a banana"],
    ["x-order", "visible42", "visible42"],
  ])("in %s: %s leave ordinary text alone", (name, value, text) => {
    expect(createEchoMask([[name, value]])(text)).toBe(text);
  });
});
