/**
 * Endpoints that hold their messages because they fail: when its time has come the oldest message is let through, to see
 * whether the endpoint is well again. Its success releases all others; its failure is told of as any other.
 */
import { type Endpoint, isGated } from "../endpoint/endpoint.ts";
import { GATE_POLICY, isUnderWay, mayBeProbe } from "../endpoint/gate.ts";
import { nextProbe, withoutGate } from "../endpoint/gate-change.ts";
import { knownEndpoint } from "../endpoint/known-endpoint.ts";
import type { Message } from "../message/message.ts";
import type { IndexRow } from "../store/message-store.ts";
import type { DrainRun } from "./drain-run.ts";
import { heldAction } from "./held-action.ts";
import { readHeldMessages } from "./read-held.ts";

const PAGE = 100;
/** Those that were probes before and wait for their own time are passed over: some hundred at the most. */
const MOST_PAGES = 5;

/** `readAt`: when the endpoint was read, from before that. */
export async function probeEndpoint(run: DrainRun, endpoint: Endpoint, readAt: number): Promise<void> {
  const { clock, observer, newToken, store, endpoints, settings } = run.deps;
  const { senderId, endpointId } = endpoint;
  const fields = { senderId, endpointId, correlationId: run.correlationId };
  const policy = run.deps.gatePolicy ?? GATE_POLICY;
  const occasion = () => ({ now: clock.now(), token: newToken() });
  const lift = async (): Promise<void> => {
    if (!(await endpoints.change(endpoint, withoutGate(endpoint, occasion())))) return;
    observer.metrics.add("GatesLifted");
    observer.log.write("info", "gate_lifted", fields);
  };
  // Nobody wants gates any more, or a version that knows none has found the endpoint well.
  if (!isGated(endpoint) || !settings.failingGate) return lift();
  const { gate } = endpoint;
  if (readAt < gate.nextProbeAt) return;
  const [latest] = gate.probe ? await store.getMany([gate.probe.messageId]) : [];
  if (gate.probe && isUnderWay(gate.probe, latest, clock.now())) {
    await endpoints.change(endpoint, nextProbe(endpoint, undefined, occasion(), policy));
    return;
  }
  const { probe: message, isEmpty } = await chooseProbe(run, endpoint, readAt);
  // Nothing to try it with, and nothing to keep from it.
  if (isEmpty) return lift();
  const probe = message && { messageId: message.messageId, attempt: message.attempt + 1 };
  const changed = await endpoints.change(endpoint, nextProbe(endpoint, probe, occasion(), policy));
  // Somebody has changed it since: it is still due, or no longer fails.
  if (!changed || !message) return;
  observer.metrics.add("GateProbes");
  observer.log.write("info", "endpoint_probed", { ...fields, ...probe, probes: changed.gate?.probes });
  await run.push([message], knownEndpoint(changed, readAt));
}

/** The oldest that may go. Those before it that have expired end here. */
async function chooseProbe(
  run: DrainRun,
  endpoint: Endpoint,
  readAt: number,
): Promise<{ readonly probe?: Message; readonly isEmpty: boolean }> {
  const known = knownEndpoint(endpoint, readAt);
  let after: IndexRow | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { rows, held } = await readHeldMessages(run.deps.store, endpoint.endpointId, PAGE, after);
    if (after === undefined && rows.length === 0) return { isEmpty: true };
    const now = run.deps.clock.now();
    const isEnded = (message: Message) => heldAction(message, known, now).kind === "giveUp";
    const index = held.findIndex((message) => !isEnded(message) && mayBeProbe(message, now));
    const ended = held.slice(0, index === -1 ? held.length : index).filter(isEnded);
    await run.push(ended, known);
    const probe = held[index];
    if (probe) return { probe, isEmpty: false };
    after = rows.at(-1);
    if (rows.length < PAGE) break;
  }
  return { isEmpty: false };
}
