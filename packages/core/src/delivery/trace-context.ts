import type { Payload } from "../message/message.ts";
import { normalTraceparent } from "./traceparent.ts";
import { normalTracestate } from "./tracestate.ts";

export type TraceContext = Pick<Payload, "traceparent" | "tracestate">;

/** What a message keeps of the two headers of a call. Without a valid `traceparent` the `tracestate` means nothing. */
export function readTraceContext(
  traceparent: string | undefined,
  tracestate: string | undefined,
): TraceContext {
  const parent = traceparent === undefined ? undefined : normalTraceparent(traceparent);
  if (parent === undefined) return {};
  const state = tracestate === undefined ? undefined : normalTracestate(tracestate);
  return { traceparent: parent, ...(state === undefined ? {} : { tracestate: state }) };
}
