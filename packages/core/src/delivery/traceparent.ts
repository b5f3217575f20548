/** W3C Trace Context, https://www.w3.org/TR/trace-context-2/#traceparent-header */

const TRACEPARENT =
  /^(?<version>[0-9a-f]{2})-(?<trace>[0-9a-f]{32})-(?<parent>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<rest>-.*)?$/;

/** Sampled and random-trace-id: the flags that are defined; others must not be passed on. */
const KNOWN_FLAGS = 0x03;

/**
 * The `traceparent` of one attempt: the producer's trace with a new span if its own header is valid, else a
 * new trace. A new one is not marked sampled, because Homing records no spans that a receiver could join.
 * `randomBytes` yields that many random bytes.
 */
export function continueTrace(
  traceparent: string | undefined,
  randomBytes: (size: number) => Uint8Array,
): string {
  const received = traceparent === undefined ? undefined : read(traceparent);
  const traceId = received?.traceId ?? hex(randomBytes(16));
  return `00-${traceId}-${hex(randomBytes(8))}-${received?.flags ?? "00"}`;
}

/**
 * The 55 characters of a header that a trace can be continued from, as the version that we know writes them;
 * undefined for any other, which the specification has ignored. What a later version appends is its own matter
 * and of any length: it is left out.
 */
export function normalTraceparent(header: string): string | undefined {
  const received = read(header);
  return received && `00-${received.traceId}-${received.parentId}-${received.flags}`;
}

function read(traceparent: string): { traceId: string; parentId: string; flags: string } | undefined {
  const { version, trace, parent, flags, rest } = TRACEPARENT.exec(traceparent)?.groups ?? {};
  if (version === undefined || trace === undefined || parent === undefined || flags === undefined)
    return undefined;
  // Later versions may append fields; version 00 has exactly four, and ff is forbidden.
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(trace) || /^0+$/.test(parent)) return undefined;
  const known = Number.parseInt(flags, 16) & KNOWN_FLAGS;
  return { traceId: trace, parentId: parent, flags: known.toString(16).padStart(2, "0") };
}

/** An id of zeros only would be invalid; 2^-64 is rare enough not to be looked for. */
function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
