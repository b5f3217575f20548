/** What becomes of the gate of an endpoint, each as one conditional write under what was read. Pure. */
import type { Endpoint, Gate, ProbedAttempt } from "./endpoint.ts";
import {
  type ChangeOccasion,
  change,
  type EndpointChange,
  liftedGate,
  unnoticed,
} from "./endpoint-change.ts";
import { type GatePolicy, probeDelayMs } from "./gate.ts";

/** From now on it holds. What is released at the moment stays held with the rest. */
export function newGate(now: number, policy: GatePolicy): Gate {
  return { since: now, probes: 0, nextProbeAt: now + probeDelayMs(0, policy) };
}

/**
 * The time of a probe has come. Written before the message is released: of two reconcilers at once one writes it, and
 * whoever dies behind it has lost one probe, not the next, whose time stands here. Without a `probe` there is none that
 * may be made now. Nobody who matches need know.
 */
export function nextProbe(
  endpoint: Endpoint & Required<Pick<Endpoint, "gate">>,
  probe: ProbedAttempt | undefined,
  occasion: ChangeOccasion,
  policy: GatePolicy,
): EndpointChange {
  const { gate } = endpoint;
  const probes = probe === undefined ? gate.probes : gate.probes + 1;
  const nextProbeAt = occasion.now + probeDelayMs(probes, policy);
  const next: Gate = { ...gate, probes, nextProbeAt, ...(probe === undefined ? {} : { probe }) };
  return { ...unnoticed(endpoint, change(endpoint, occasion, { gate: next })), quiet: true };
}

/**
 * Nothing is held by it any more, or nobody wants gates. What it fails since stays: the next failure that is told of
 * sets the gate again.
 */
export function withoutGate(endpoint: Endpoint, occasion: ChangeOccasion): EndpointChange {
  const { set, remove } = liftedGate(endpoint, occasion);
  return unnoticed(endpoint, change(endpoint, occasion, set, remove));
}
