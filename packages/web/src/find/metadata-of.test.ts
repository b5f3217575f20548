import { describe, expect, it } from "vitest";
import { metadataOf } from "./metadata-of.ts";

describe("a pair of metadata is told by its shape", () => {
  it.each([
    ["order:1234", "order=1234"],
    ["order=1234", "order=1234"],
    ["order: 1234", "order=1234"],
    ["order:a=b", "order=a=b"],
    ["at=12:30", "at=12:30"],
    ["order:inv:7", "order=inv:7"],
    ["page:https://example.com/", "page=https://example.com/"],
    ["app.version=3", "app.version=3"],
    ["app.version:3.1", "app.version=3.1"],
    ["receiver:8080", "receiver=8080"],
  ])("%s is one", (text, pair) => {
    expect(metadataOf(text)).toBe(pair);
  });

  it.each([
    "order",
    "order:",
    "order=  ",
    ":1234",
    "=1234",
    "localhost:8080",
    "example.com:8443",
    "example.com:8443/hook",
    "10.0.0.1:80",
    "ftp://example.com",
    "https://",
    "::1",
    "fe80::1",
    `${"n".repeat(1_000)}:${"v".repeat(24)}`,
  ])("%s is none", (text) => {
    expect(metadataOf(text)).toBeUndefined();
  });
});
