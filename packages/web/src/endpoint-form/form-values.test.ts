import { describe, expect, it } from "vitest";
import { ApiError } from "../api/api-error.ts";
import { errorsIn, errorsOf } from "./form-errors.ts";
import { EMPTY, type FormValues, type Pair, toInput, toPatch, valuesOf } from "./form-values.ts";

const pair = (name: string, value: string, isHidden = false): Pair => ({ id: 0, name, value, isHidden });
const values = (changes: Partial<FormValues>): FormValues => ({ ...EMPTY, ...changes });

const ENDPOINT = {
  endpointId: "ep_01K00000000000000000000000",
  senderId: "acme",
  url: "https://example.com/hook",
  description: "billing",
  eventTypes: ["invoice.*", "user.created"],
  headers: { "x-token": "***", "x-team": "blue" },
  metadata: { stars: "***" },
  svixHeaders: false,
  state: "ACTIVE" as const,
  stateReason: "REQUESTED" as const,
  health: "OK" as const,
  stateSince: "2026-11-22T12:00:00.000Z",
  secret: { generation: 1, imported: false },
  createdAt: "2026-11-22T12:00:00.000Z",
  updatedAt: "2026-11-22T12:00:00.000Z",
};

describe("a new endpoint", () => {
  it("is asked for with what was typed, and nothing that was left empty", () => {
    expect(toInput(values({ url: " https://example.com/ ", headers: [pair("", "")] }))).toEqual({
      url: "https://example.com/",
      headers: {},
      svixHeaders: false,
    });
    expect(
      toInput(
        values({
          senderId: "acme",
          url: "https://example.com/",
          eventTypes: "invoice.*, user.created\n order.paid",
          channels: "project_7",
          rateLimit: " 100/1m ",
          headers: [pair(" x-a ", " 1 ")],
          metadata: [pair("team", "blue")],
          secret: "whsec_abc",
          state: "DISABLED",
        }),
      ),
    ).toEqual({
      senderId: "acme",
      url: "https://example.com/",
      eventTypes: ["invoice.*", "user.created", "order.paid"],
      channels: ["project_7"],
      rateLimit: { count: 100, period: "1m" },
      headers: { "x-a": " 1 " },
      metadata: { team: "blue" },
      secret: "whsec_abc",
      svixHeaders: false,
      state: "DISABLED",
    });
  });
});

describe("a changed endpoint", () => {
  const before = valuesOf(ENDPOINT);

  it("that was not changed asks for nothing, hidden headers included", () => {
    expect(toPatch(before, before)).toEqual({});
  });

  it("sets a rate limit and takes it away; what is none is said at once", () => {
    const limited = valuesOf({ ...ENDPOINT, rateLimit: { count: 100, period: "1m" } });
    expect(limited.rateLimit).toBe("100/1m");
    expect(toPatch(limited, { ...limited, rateLimit: "5 / 1s" })).toEqual({
      rateLimit: { count: 5, period: "1s" },
    });
    expect(toPatch(limited, { ...limited, rateLimit: " " })).toEqual({ rateLimit: null });
    expect(errorsIn({ ...limited, rateLimit: "fast" })).toEqual({
      rateLimit: ["It is no number and period, such as 100/1m"],
    });
    expect(errorsIn(limited)).toEqual({});
  });

  it("never sends back the stars that stand for a hidden value, and does send stars that were meant", () => {
    const [token] = before.headers;
    expect(token).toEqual({ id: 0, name: "x-token", value: "", isHidden: true });
    expect(before.metadata).toEqual([pair("stars", "***")]);
  });

  it("takes away what was removed, sets what was typed, and leaves the rest alone", () => {
    const after = {
      ...before,
      description: "",
      eventTypes: "",
      channels: "a b",
      headers: [pair("x-token", "new", true), pair("x-b", "2")],
      metadata: [],
    };
    expect(toPatch(before, after)).toEqual({
      description: null,
      eventTypes: null,
      channels: ["a", "b"],
      headers: { "x-team": null, "x-token": "new", "x-b": "2" },
      metadata: { stars: null },
    });
  });
});

describe("what is wrong with it", () => {
  const refusal = (...errors: { path: string; message: string }[]) => new ApiError(400, { errors });

  it("stands by its field, with the word or pair that is meant", () => {
    const typed = values({ eventTypes: "good bad!" });
    const error = refusal(
      { path: "url", message: "must be an absolute URL" },
      { path: "eventTypes.1", message: "must match" },
      { path: "headers.host", message: "is set by the HTTP client" },
      { path: "headers", message: "must be at most 20" },
    );
    expect(errorsOf(error, typed)).toEqual({
      url: ["Must be an absolute URL"],
      eventTypes: ["bad!: must match"],
      headers: ["host: is set by the HTTP client", "Must be at most 20"],
    });
  });

  it("is no matter of fields if one of its paths is none of the form, or it has none", () => {
    expect(errorsOf(refusal({ path: "retries", message: "is not known" }), EMPTY)).toBeUndefined();
    expect(errorsOf(new ApiError(409, { detail: "At most 1,000" }), EMPTY)).toBeUndefined();
    expect(errorsOf(new Error("x"), EMPTY)).toBeUndefined();
  });

  it("is told before the API is asked where the API could not see it", () => {
    const headers = [pair("X-A", "1"), pair("x-a", "2"), pair("", "3")];
    expect(errorsIn(values({ headers }))).toEqual({ headers: ["x-a is there twice", "A value has no name"] });
    expect(errorsIn(values({ metadata: [pair("a", "1"), pair("A", "2"), pair("", "")] }))).toEqual({});
  });
});
