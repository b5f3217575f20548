import { describe, expect, it } from "vitest";
import { continueTrace, normalTraceparent } from "./traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const bytes = (size: number) => new Uint8Array(size).fill(0xab);
const SPAN = "abababababababab";
const NEW_TRACE = "abababababababababababababababab";

describe("traceparent", () => {
  it.each([
    [`00-${TRACE}-b7ad6b7169203331-01`, `00-${TRACE}-${SPAN}-01`],
    [`00-${TRACE}-b7ad6b7169203331-00`, `00-${TRACE}-${SPAN}-00`],
    [`00-${TRACE}-b7ad6b7169203331-03`, `00-${TRACE}-${SPAN}-03`],
    [`00-${TRACE}-b7ad6b7169203331-ff`, `00-${TRACE}-${SPAN}-03`],
    [`cc-${TRACE}-b7ad6b7169203331-01`, `00-${TRACE}-${SPAN}-01`],
    [`cc-${TRACE}-b7ad6b7169203331-01-what-the-future-brings`, `00-${TRACE}-${SPAN}-01`],
  ])("%s continues with a new span", (received, sent) => {
    expect(continueTrace(received, bytes)).toBe(sent);
  });

  it.each([
    undefined,
    "",
    "00",
    `ff-${TRACE}-b7ad6b7169203331-01`,
    `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE}-0000000000000000-01`,
    `00-${TRACE}-b7ad6b7169203331-01-more`,
    `00-${TRACE}-b7ad6b7169203331-01.more`,
    `cc-${TRACE}-b7ad6b7169203331-01.more`,
    ` 00-${TRACE}-b7ad6b7169203331-01`,
    `00-${TRACE}-b7ad6b7169203331-01\n`,
    `00-${TRACE}-b7ad6b7169203331-01,00-${TRACE}-b7ad6b7169203331-01`,
  ])("%j starts a new trace", (received) => {
    expect(continueTrace(received, bytes)).toBe(`00-${NEW_TRACE}-${SPAN}-00`);
  });

  // Trace Context §3.2.4: of a later version the first 55 characters are read, and written as the version one knows.
  it.each([
    [`00-${TRACE}-b7ad6b7169203331-01`, `00-${TRACE}-b7ad6b7169203331-01`],
    [`00-${TRACE}-b7ad6b7169203331-ff`, `00-${TRACE}-b7ad6b7169203331-03`],
    [`cc-${TRACE}-b7ad6b7169203331-01`, `00-${TRACE}-b7ad6b7169203331-01`],
    [`cc-${TRACE}-b7ad6b7169203331-01-${"x".repeat(16_000)}`, `00-${TRACE}-b7ad6b7169203331-01`],
    [`cc-${TRACE}-b7ad6b7169203331-01.more`, undefined],
    [`ff-${TRACE}-b7ad6b7169203331-01`, undefined],
  ])("of %.70s 55 characters are kept", (received, kept) => {
    expect(normalTraceparent(received)).toBe(kept);
  });
});
