import { describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { type Endpoint, type Gate, isGated } from "./endpoint.ts";
import {
  drained,
  OLDEST_READER_MS,
  performChange,
  reconfigure,
  remove,
  setState,
} from "./endpoint-change.ts";
import { deservesGate, GATE_POLICY, holdReason, isUnderWay, mayBeProbe, probeDelayMs } from "./gate.ts";
import { nextProbe, withoutGate } from "./gate-change.ts";
import { failing, recovered } from "./health-change.ts";
import { HEALTH_POLICY } from "./health-policy.ts";
import { knownEndpoint } from "./known-endpoint.ts";

const PROBE = { messageId: "msg_1", attempt: 3 };
const GATE: Gate = { since: NOON, probes: 2, nextProbeAt: NOON + 3 * MINUTE, probe: PROBE };
const FAILS = { failingSince: NOON - MINUTE, failures: 20 };
const gated: Endpoint & { gate: Gate } = {
  ...buildEndpoint(),
  ...FAILS,
  gate: GATE,
  dueAt: GATE.nextProbeAt,
};
const LATER = NOON + 5 * MINUTE;
const at = { now: LATER, token: "token-1" };

const after = (
  change: Parameters<typeof performChange>[1] | undefined,
  endpoint: Endpoint = gated,
): Endpoint => {
  const changed = change && performChange(endpoint, change);
  if (!changed) throw new Error("it is changed");
  return changed;
};

describe("a gate is deserved", () => {
  const now = NOON;

  it.each([
    ["by 20 failures over a minute", {}, true],
    ["by no fewer", { failures: 19 }, false],
    ["not before the minute is over", { failingSince: NOON - MINUTE + 1 }, false],
    ["by no endpoint that is well", { failingSince: undefined }, false],
    ["once", { gate: GATE }, false],
    ["by none that is paused", { state: "PAUSED" }, false],
    ["by none that is disabled", { state: "DISABLED" }, false],
  ] as const)("%s", (_, over, expected) => {
    expect(deservesGate({ state: "ACTIVE", ...FAILS, ...over } as Endpoint, now, GATE_POLICY)).toBe(expected);
  });
});

it("probes come after a minute, then after twice as long each, up to a quarter of an hour", () => {
  const delays = [0, 1, 2, 3, 4, 5, 500].map((probes) => probeDelayMs(probes, GATE_POLICY) / MINUTE);
  expect(delays).toEqual([1, 2, 4, 8, 15, 15, 15]);
});

describe("what is held", () => {
  const known = knownEndpoint(gated, NOON);

  it("is everything but the one attempt that is the probe", () => {
    expect(holdReason(known)).toBe("ENDPOINT_FAILING");
    expect(holdReason(known, { messageId: "msg_2", attempt: 3 })).toBe("ENDPOINT_FAILING");
    expect(holdReason(known, { messageId: "msg_1", attempt: 4 })).toBe("ENDPOINT_FAILING");
    expect(holdReason(known, PROBE)).toBeUndefined();
  });

  it("is everything at an endpoint that is paused, and nothing at one that is well", () => {
    expect(holdReason({ ...known, state: "PAUSED" }, PROBE)).toBe("ENDPOINT_PAUSED");
    expect(holdReason(knownEndpoint(buildEndpoint(), NOON), PROBE)).toBeUndefined();
  });

  it("is nothing where a version that knows no gates has found the endpoint well", () => {
    const { failingSince: _, ...well } = gated;
    expect(isGated(well)).toBe(false);
    expect(holdReason(knownEndpoint(well, NOON))).toBeUndefined();
  });
});

describe("a probe", () => {
  const message = buildMessage({ messageId: PROBE.messageId, endpointId: "ep_1", attempt: 2 });

  it.each([
    ["QUEUED for its attempt", { status: "QUEUED" }, true],
    ["PENDING after a failed send", { status: "PENDING", pendingReason: "SEND_FAILED" }, true],
    ["under a live lease", { status: "PROCESSING", attempt: 3, leaseUntil: LATER + 1 }, true],
    ["with a worker that died", { status: "PROCESSING", attempt: 3, leaseUntil: LATER }, false],
    ["held again", { status: "PENDING", pendingReason: "ENDPOINT_FAILING", attempt: 3 }, false],
    ["never sent", { status: "PENDING", pendingReason: "ENDPOINT_FAILING", attempt: 2 }, false],
    ["waiting for its next attempt", { status: "PENDING", pendingReason: "RETRY", attempt: 3 }, false],
    ["on its way to its next attempt", { status: "QUEUED", attempt: 3 }, false],
    ["FAILED", { status: "FAILED", attempt: 3 }, false],
    ["CANCELLED", { status: "CANCELLED" }, false],
  ] as const)("%s: is it under way?", (_, over, expected) => {
    expect(isUnderWay(PROBE, { ...message, ...over }, LATER)).toBe(expected);
  });

  it("that is gone is under way no more", () => {
    expect(isUnderWay(PROBE, undefined, LATER)).toBe(false);
  });

  it("is no message before its own time: none fails sooner than it would without the gate", () => {
    expect(mayBeProbe({}, LATER)).toBe(true);
    expect(mayBeProbe({ notBefore: LATER }, LATER)).toBe(true);
    expect(mayBeProbe({ notBefore: LATER + 1 }, LATER)).toBe(false);
  });

  it("is written down with the time of the next before it is sent, and nobody who matches need know", () => {
    const change = nextProbe(gated, { messageId: "msg_2", attempt: 1 }, at, GATE_POLICY);
    expect(change.quiet).toBe(true);
    const nextProbeAt = LATER + 8 * MINUTE;
    const gate = { since: NOON, probes: 3, nextProbeAt, probe: { messageId: "msg_2", attempt: 1 } };
    expect(after(change)).toMatchObject({ gate, dueAt: nextProbeAt, updatedAt: gated.updatedAt });
  });

  it("that cannot be made now is looked for again, and counts for none", () => {
    const next = after(nextProbe(gated, undefined, at, GATE_POLICY));
    expect(next.gate).toEqual({ ...GATE, nextProbeAt: LATER + 4 * MINUTE });
  });
});

describe("the gate is set", () => {
  const told = {
    since: NOON - MINUTE,
    count: 20,
    failure: { at: NOON, messageId: "msg_1", responseStatus: 503 },
  };
  const now = { now: NOON, token: "token-1" };
  const fresh = buildEndpoint();

  it("by the write that tells of the failures, under what was read; who matches has to know", () => {
    const change = failing(fresh, told, now, HEALTH_POLICY, true);
    expect(change.quiet).toBeUndefined();
    expect(change.revision).toBe(fresh.revision);
    expect(after(change, fresh)).toMatchObject({
      failures: 20,
      gate: { since: NOON, probes: 0, nextProbeAt: NOON + MINUTE },
      dueAt: NOON + MINUTE,
    });
    const known = { ...fresh, ...FAILS, failures: 5 };
    expect(failing(known, told, now, HEALTH_POLICY, true).quiet).toBeUndefined();
  });

  it("only where it is wanted", () => {
    const change = failing(fresh, told, now, HEALTH_POLICY);
    expect(after(change, fresh)).not.toHaveProperty("gate");
    expect(after(change, fresh)).not.toHaveProperty("dueAt");
  });

  it("over what is being released, which is held with the rest then", () => {
    const draining: Endpoint = { ...fresh, draining: true, dueAt: NOON - SECOND };
    const set = after(failing(draining, told, now, HEALTH_POLICY, true), draining);
    expect(set).not.toHaveProperty("draining");
    expect(set.dueAt).toBe(NOON + MINUTE);
  });
});

describe("the gate is lifted, and what it holds is released from the same write on,", () => {
  it.each([
    ["by a success", () => recovered(gated, at)],
    ["by another URL", () => reconfigure(gated, { ...gated, url: "https://other.example/" }, at)],
    ["by activating it, though it is ACTIVE", () => setState(gated, "ACTIVE", "REQUESTED", at)],
    ["once it holds nothing", () => withoutGate(gated, at)],
  ])("%s", (_, change) => {
    const lifted = after(change());
    expect(lifted).not.toHaveProperty("gate");
    expect(lifted).toMatchObject({ state: "ACTIVE", draining: true, dueAt: LATER, gateLiftedAt: LATER });
  });

  it("and is not deserved again at once, but where nothing was held: then the next failure sets it", () => {
    expect(after(recovered(gated, at))).not.toHaveProperty("failingSince");
    expect(after(setState(gated, "ACTIVE", "REQUESTED", at))).not.toHaveProperty("failures");
    expect(after(withoutGate(gated, at))).toMatchObject(FAILS);
  });

  it("keeping since when it is ACTIVE", () => {
    expect(after(setState(gated, "ACTIVE", "REQUESTED", at)).stateSince).toBe(gated.stateSince);
  });

  it.each([
    ["DISABLED", setState(gated, "DISABLED", "FAILING", at)],
    ["DELETED", remove(gated, at)],
  ] as const)("or ended, where it becomes %s", (state, change) => {
    const ended = after(change);
    expect(ended).toMatchObject({ state, draining: true, dueAt: LATER });
    expect(ended).not.toHaveProperty("gate");
  });

  it("or stays held, where it is paused: by that alone, and activating it begins anew", () => {
    const paused = after(setState(gated, "PAUSED", "REQUESTED", at));
    expect(paused).not.toHaveProperty("gate");
    expect(paused).not.toHaveProperty("draining");
    expect(paused).not.toHaveProperty("dueAt");
    const activated = after(setState(paused, "ACTIVE", "REQUESTED", at), paused);
    expect(activated).toMatchObject({ draining: true, dueAt: LATER });
    expect(activated).not.toHaveProperty("failingSince");
  });

  it("until a look that began 20 minutes later finds nothing: till then somebody may be alive who saw the gate", () => {
    const lifted = after(recovered(gated, at));
    const later = { now: LATER + DAY, token: "token-2" };
    expect(drained(lifted, LATER + OLDEST_READER_MS - 1, later)).toBeUndefined();
    const well = after(drained(lifted, LATER + OLDEST_READER_MS, later), lifted);
    for (const name of ["draining", "dueAt", "gateLiftedAt"]) expect(well).not.toHaveProperty(name);
  });
});

describe("an endpoint that holds and has something to announce", () => {
  const announce = [{ type: "endpoint.failing" as const, at: LATER, body: "{}" }];

  it("is due at once, and at the time of its probe again once that is sent", () => {
    const announcing = after(
      failing(
        gated,
        { since: NOON, count: 1, failure: { at: LATER, messageId: "msg_2" } },
        { now: NOON + 2 * MINUTE, token: "token-1" },
        { ...HEALTH_POLICY, announcedAfterMs: 0 },
        true,
      ),
    );
    expect(announcing).toMatchObject({ dueAt: NOON + 2 * MINUTE, gate: GATE });
    expect(announcing.announce).toHaveLength(announce.length);
  });
});
