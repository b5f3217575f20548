import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { FieldErrors } from "../field-errors.ts";
import {
  checkConfiguration,
  type EndpointConfigurationInput,
  endpointInputSchema,
} from "./endpoint-input.ts";

const check = (input: Partial<EndpointConfigurationInput>) => {
  const errors = new FieldErrors();
  const configuration = checkConfiguration({ url: "https://example.com/hook", ...input }, [], errors);
  return { configuration, paths: errors.listed.map(({ path }) => path) };
};

describe("what is asked for an endpoint", () => {
  it("needs nothing but its URL, which is normalised", () => {
    expect(check({ url: "HTTPS://Example.com:443/hook#part" }).configuration).toEqual({
      url: "https://example.com/hook",
      headers: {},
      svixHeaders: false,
    });
  });

  it.each([
    ["http://127.0.0.1/"],
    ["http://localhost/"],
    ["ftp://example.com/"],
    ["https://user:pass@example.com/"],
  ])("is refused with a target that a message may not have: %s", (url) => {
    expect(check({ url }).paths).toEqual(["url"]);
  });

  it("brings at most 20 headers, 4 KiB, and none that Homing sets", () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`x-${at}`, "1"]));
    expect(check({ headers: many }).paths).toEqual(["headers"]);
    expect(check({ headers: { "x-a": "v".repeat(4_094) } }).paths).toEqual(["headers"]);
    expect(check({ headers: { "x-a": "v".repeat(4_093) } }).paths).toEqual([]);
    expect(check({ headers: { "webhook-id": "1", host: "a" } }).paths).toEqual([
      "headers.webhook-id",
      "headers.host",
    ]);
  });

  it("does not take the mask of a secret header for its value", () => {
    expect(check({ headers: { "x-api-key": "***", "x-stars": "***" } }).paths).toEqual(["headers.x-api-key"]);
  });

  it("has metadata as a message has", () => {
    expect(check({ metadata: { a: "b".repeat(8_192) } }).paths).toEqual(["metadata"]);
  });

  it.each([
    ["eventTypes", []],
    ["eventTypes", ["a b"]],
    ["eventTypes", Array.from({ length: 101 }, () => "a")],
    ["channels", []],
    ["channels", ["a b"]],
    ["channels", Array.from({ length: 11 }, (_, at) => `c${at}`)],
    ["description", "d".repeat(257)],
    ["secret", "whsec_c2hvcnQ="],
    ["state", "DELETED"],
    ["svixHeaders", "yes"],
    ["health", "OK"],
  ])("is refused for %s: %j", (name, value) => {
    const result = v.safeParse(endpointInputSchema, { url: "https://example.com/", [name]: value });
    expect(result.issues?.[0].path?.[0]?.key).toBe(name);
  });

  it.each([
    ["eventTypes", Array.from({ length: 100 }, () => "invoice.*")],
    ["channels", Array.from({ length: 10 }, (_, at) => `project:${at}`)],
    ["description", "d".repeat(256)],
    ["state", "DISABLED"],
    ["svixHeaders", true],
  ])("may have %s up to its limit", (name, value) => {
    expect(v.is(endpointInputSchema, { url: "https://example.com/", [name]: value })).toBe(true);
  });
});
