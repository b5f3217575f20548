import { describe, expect, it } from "vitest";
import { readTraceContext } from "./trace-context.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const stateOf = (tracestate: string) => readTraceContext(PARENT, tracestate).tracestate;
const members = (count: number, value: string) => Array.from({ length: count }, (_, n) => `k${n}=${value}`);

// https://www.w3.org/TR/trace-context-2/#tracestate-header
describe("tracestate", () => {
  it.each([
    ["rojo=00f067aa0ba902b7", "rojo=00f067aa0ba902b7"],
    ["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
    ["rojo=1 \t, \tcongo=2", "rojo=1,congo=2"],
    ["rojo=1,,congo=2,", "rojo=1,congo=2"],
    ["fw529a3039@dt=FfYd{|}~ !", "fw529a3039@dt=FfYd{|}~ !"],
    ["0a_-*/@=x", "0a_-*/@=x"],
    [members(32, "1").join(","), members(32, "1").join(",")],
    [`k=${"v".repeat(256)}`, `k=${"v".repeat(256)}`],
  ])("%.60s is passed on", (received, kept) => {
    expect(stateOf(received)).toBe(kept);
  });

  it.each([
    "",
    " , ",
    "rojo",
    "rojo=",
    "=1",
    "Rojo=1",
    "ro jo=1",
    "rojo=1=2",
    "rojo=ä",
    "rojo=1,rojo=2",
    "rojo=1,congo",
    members(33, "1").join(","),
    `k=${"v".repeat(257)}`,
    `${"k".repeat(257)}=v`,
  ])("%.60s cannot be read, and is left out", (received) => {
    expect(readTraceContext(PARENT, received)).toEqual({ traceparent: PARENT });
  });

  it("beyond 512 characters loses its long members first, then its last", () => {
    const short = members(20, "0123456789");
    const long = `long=${"v".repeat(129)}`;
    expect(stateOf([short[0], long, ...short.slice(1, 10)].join(","))).toBe(
      [short[0], long, ...short.slice(1, 10)].join(","),
    );
    expect(stateOf([...members(9, "v".repeat(50)), long].join(","))).toBe(
      members(9, "v".repeat(50)).join(","),
    );
    const shortened = stateOf(members(32, "0123456789abcdef").join(",")) ?? "";
    expect(shortened.length).toBeLessThanOrEqual(512);
    expect(members(32, "0123456789abcdef").join(",").startsWith(`${shortened},`)).toBe(true);
  });

  it.each([undefined, "", "nonsense", `${PARENT}-more`])(
    "means nothing beside the traceparent %j",
    (parent) => {
      expect(readTraceContext(parent, "rojo=1")).toEqual({});
    },
  );
});
