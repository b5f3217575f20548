import { expect, it } from "vitest";
import { DAY } from "../duration.ts";
import { knownEndpoint } from "../endpoint/known-endpoint.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { heldAction } from "./held-action.ts";

const held = buildMessage({ pendingReason: "ENDPOINT_PAUSED", createdAt: NOON });
const endpoint = (state: "ACTIVE" | "PAUSED" | "DISABLED" | "DELETED") =>
  knownEndpoint(buildEndpoint({ state }), NOON);

it.each([
  ["ACTIVE", "release"],
  ["PAUSED", "holdOn"],
  ["DISABLED", "failDisabled"],
  ["DELETED", "cancelDeleted"],
] as const)("under an endpoint that is %s: %s", (state, kind) => {
  expect(heldAction(held, endpoint(state), NOON + 7 * DAY)).toMatchObject({ kind });
});

it("under one that nobody knows any more it is cancelled", () => {
  expect(heldAction(held, undefined, NOON + 7 * DAY)).toEqual({ kind: "cancelDeleted" });
});

it("is held for 30 days, and not longer", () => {
  expect(heldAction(held, endpoint("PAUSED"), NOON + 30 * DAY - 1)).toEqual({ kind: "holdOn" });
  const tooLong = { kind: "giveUp", reason: "HELD_TOO_LONG" };
  expect(heldAction(held, endpoint("PAUSED"), NOON + 30 * DAY)).toEqual(tooLong);
  // Released late, it is delivered all the same.
  expect(heldAction(held, endpoint("ACTIVE"), NOON + 30 * DAY)).toMatchObject({ kind: "release" });
});

it("is no use after its time, neither held nor released", () => {
  const dated = { ...held, deliverBy: NOON + DAY };
  for (const state of ["ACTIVE", "PAUSED"] as const) {
    expect(heldAction(dated, endpoint(state), NOON + DAY + 1)).toEqual({ kind: "giveUp", reason: "EXPIRED" });
    expect(heldAction(dated, endpoint(state), NOON + DAY)).not.toMatchObject({ kind: "giveUp" });
  }
});
