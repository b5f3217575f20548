import { describe, expect, it } from "vitest";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import type { Message } from "./message.ts";
import { type Condition, carriesToken, conditionHolds, perform, type Transition } from "./transition.ts";

const processing: Message = {
  ...buildMessage(),
  status: "PROCESSING",
  revision: 4,
  sendId: "send",
  claimId: "claim",
  attempt: 2,
  attemptLimit: 3,
  leaseUntil: NOON,
};

describe("a condition", () => {
  it.each<[string, Partial<Condition>, Partial<Condition>]>([
    ["status", { status: ["QUEUED", "PROCESSING"] }, { status: ["QUEUED"] }],
    ["revision", { revision: 4 }, { revision: 3 }],
    ["sendId", { sendId: "send" }, { sendId: "other" }],
    ["claimId", { claimId: "claim" }, { claimId: "other" }],
    ["attempt", { attempt: 2 }, { attempt: 0 }],
    ["lease", { leaseOverAt: NOON }, { leaseOverAt: NOON - 1 }],
  ])("on %s holds or is lost by that alone", (_name, holds, lost) => {
    expect(conditionHolds({ status: ["PROCESSING"], ...holds }, processing)).toBe(true);
    expect(conditionHolds({ status: ["PROCESSING"], ...lost }, processing)).toBe(false);
  });

  it("on the attempts left is lost at the limit", () => {
    const when: Condition = { status: ["PROCESSING"], attemptsLeft: true };
    expect(conditionHolds(when, processing)).toBe(true);
    expect(conditionHolds(when, { ...processing, attempt: 3 })).toBe(false);
  });

  it("on a lease is lost where there is none: nobody's lease is not over", () => {
    const { leaseUntil: _, ...free } = processing;
    expect(conditionHolds({ status: ["PROCESSING"], leaseOverAt: NOON }, free)).toBe(false);
  });
});

describe("performing a transition", () => {
  const transition: Transition = {
    name: "probe",
    when: { status: ["PROCESSING"] },
    token: { attribute: "writeId", value: "mine" },
    set: { status: "PENDING", dueAt: 7 },
    remove: ["leaseUntil"],
    entry: { at: NOON, to: "PENDING", reason: "RETRY" },
  };

  it("sets, removes, counts the revision, and writes history under the message's own call", () => {
    const { leaseUntil: _, ...rest } = processing;
    expect(perform(transition, processing)).toEqual({
      ...rest,
      status: "PENDING",
      dueAt: 7,
      writeId: "mine",
      revision: 5,
      history: [
        ...processing.history,
        { at: NOON, from: "PROCESSING", to: "PENDING", reason: "RETRY", correlationId: "call-1" },
      ],
    });
  });

  it("writes history under another call that asked for it", () => {
    const entry = { at: NOON, to: "PENDING", reason: "RETRY", correlationId: "call-2" } as const;
    expect(perform({ ...transition, entry }, processing)?.history.at(-1)?.correlationId).toBe("call-2");
  });

  it("changes nothing when its condition is lost", () => {
    expect(perform(transition, { ...processing, status: "CANCELLED" })).toBeUndefined();
  });

  it("does not touch the message it was given", () => {
    const before = structuredClone(processing);
    perform(transition, processing);
    expect(processing).toEqual(before);
  });
});

it("a write knows itself by its own token only", () => {
  expect(carriesToken(processing, { attribute: "claimId", value: "claim" })).toBe(true);
  expect(carriesToken(processing, { attribute: "claimId", value: "send" })).toBe(false);
  expect(carriesToken(undefined, { attribute: "claimId", value: "claim" })).toBe(false);
});
