import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON } from "../testing/test-clock.ts";
import { nextToken } from "../testing/tokens.ts";
import type { Endpoint, EndpointState } from "./endpoint.ts";
import {
  drained,
  type EndpointChange,
  performChange,
  reconfigure,
  remove,
  rotate,
  setState,
} from "./endpoint-change.ts";

const at = (now: number) => ({ now, token: nextToken() });

const after = (endpoint: Endpoint, change: EndpointChange | undefined): Endpoint => {
  const changed = change && performChange(endpoint, change);
  if (!changed) throw new Error("it is allowed");
  return changed;
};

const moved = (endpoint: Endpoint, state: EndpointState, now: number) =>
  after(endpoint, setState(endpoint, state, "REQUESTED", at(now)));

describe("an endpoint", () => {
  it.each<[EndpointState]>([["ACTIVE"], ["DISABLED"]])(
    "that was paused is due from the moment it is %s",
    (state) => {
      const paused = buildEndpoint({ state: "PAUSED" });
      expect(moved(paused, state, NOON + HOUR)).toMatchObject({
        state,
        stateSince: NOON + HOUR,
        dueAt: NOON + HOUR,
      });
    },
  );

  it("that has held nothing is not due, whatever becomes of it", () => {
    const disabled = moved(buildEndpoint(), "DISABLED", NOON + HOUR);
    expect(disabled.dueAt).toBeUndefined();
    expect(moved(disabled, "ACTIVE", NOON + 2 * HOUR).dueAt).toBeUndefined();
  });

  it("that is due stays so when it changes again, and is not any more once it is paused", () => {
    const activated = moved(buildEndpoint({ state: "PAUSED" }), "ACTIVE", NOON + HOUR);
    const disabled = moved(activated, "DISABLED", NOON + HOUR + MINUTE);
    expect(disabled.dueAt).toBe(NOON + HOUR + MINUTE);
    expect(moved(disabled, "PAUSED", NOON + 2 * HOUR).dueAt).toBeUndefined();
  });

  it("that is deleted is known for an hour, or until what it held is ended", () => {
    const plain = buildEndpoint();
    const deleted = after(plain, remove(plain, at(NOON)));
    expect(deleted).toMatchObject({ state: "DELETED", expiresAt: NOON + HOUR });
    expect(deleted.dueAt).toBeUndefined();

    const paused = buildEndpoint({ state: "PAUSED" });
    const draining = after(paused, remove(paused, at(NOON)));
    expect(draining).toMatchObject({ state: "DELETED", dueAt: NOON });
    expect(draining.expiresAt).toBeUndefined();
    const late = NOON + 3 * HOUR;
    const over = after(draining, drained(draining, late, at(late)));
    expect(over).toMatchObject({ state: "DELETED", expiresAt: late });
    expect(over.dueAt).toBeUndefined();
    const soon = NOON + 20 * MINUTE;
    expect(after(draining, drained(draining, soon, at(soon))).expiresAt).toBe(NOON + HOUR);
  });
});

describe("the pace of an endpoint", () => {
  const limited = buildEndpoint({ rateLimit: { count: 1, period: "1h" }, rateSince: NOON });
  const { url, headers, svixHeaders, rateLimit } = limited;
  const configuration = { url, headers, svixHeaders };

  it("begins anew when its limit changes, and when it is activated, and not by anything else", () => {
    const faster = { ...configuration, rateLimit: { count: 2, period: "1h" } };
    expect(after(limited, reconfigure(limited, faster, at(NOON + HOUR))).rateSince).toBe(NOON + HOUR);
    const same = { ...configuration, ...(rateLimit ? { rateLimit } : {}), description: "other" };
    expect(after(limited, reconfigure(limited, same, at(NOON + HOUR))).rateSince).toBe(NOON);
    const paused = moved(limited, "PAUSED", NOON + HOUR);
    expect(paused.rateSince).toBe(NOON);
    expect(moved(paused, "ACTIVE", NOON + 2 * HOUR).rateSince).toBe(NOON + 2 * HOUR);
  });

  it("begins anew later than before, also by a clock that is behind", () => {
    const faster = { ...configuration, rateLimit: { count: 2, period: "1h" } };
    expect(after(limited, reconfigure(limited, faster, at(NOON - HOUR))).rateSince).toBe(NOON + 1);
  });

  it("is gone with its limit, and there is none without one", () => {
    const unlimited = after(limited, reconfigure(limited, configuration, at(NOON + HOUR)));
    expect(unlimited).not.toHaveProperty("rateLimit");
    expect(unlimited).not.toHaveProperty("rateSince");
    expect(moved(moved(unlimited, "PAUSED", NOON), "ACTIVE", NOON)).not.toHaveProperty("rateSince");
  });
});

describe("a drain", () => {
  const activated = moved(buildEndpoint({ state: "PAUSED" }), "ACTIVE", NOON);

  it("ends with a look that began 20 minutes after the change, however long that took", () => {
    const tooEarly = NOON + 20 * MINUTE - 1;
    expect(drained(activated, tooEarly, at(NOON + HOUR))).toBeUndefined();
    const over = after(activated, drained(activated, NOON + 20 * MINUTE, at(NOON + 20 * MINUTE)));
    expect(over).toMatchObject({ state: "ACTIVE", stateSince: NOON });
    expect(over.dueAt).toBeUndefined();
  });

  it("counts from the latest change", () => {
    const disabled = moved(activated, "DISABLED", NOON + 15 * MINUTE);
    expect(drained(disabled, NOON + 30 * MINUTE, at(NOON + 30 * MINUTE))).toBeUndefined();
    expect(drained(disabled, NOON + 35 * MINUTE, at(NOON + 35 * MINUTE))).toBeDefined();
  });

  it("does not end under an endpoint that was changed since it was read", () => {
    const change = drained(activated, NOON + HOUR, at(NOON + HOUR));
    const pausedAgain = moved(moved(activated, "PAUSED", NOON + HOUR), "ACTIVE", NOON + HOUR);
    expect(change && performChange(pausedAgain, change)).toBeUndefined();
  });
});

describe("a rotation", () => {
  it("keeps the replaced secret until its time is over, brought along or derived", () => {
    const first = buildEndpoint({ sealedSecret: "sealed-1" });
    const second = after(first, rotate(first, DAY, undefined, at(NOON)));
    expect(second).toMatchObject({
      generation: 2,
      previousSecrets: [{ generation: 1, sealedSecret: "sealed-1", validUntil: NOON + DAY }],
    });
    expect(second.sealedSecret).toBeUndefined();
    const third = after(second, rotate(second, HOUR, "sealed-3", at(NOON + HOUR)));
    expect(third).toMatchObject({
      generation: 3,
      sealedSecret: "sealed-3",
      previousSecrets: [{ generation: 2, validUntil: NOON + 2 * HOUR }, { generation: 1 }],
    });
  });

  it("forgets those whose time is over, and all but the latest five", () => {
    let endpoint = buildEndpoint();
    for (let rotations = 0; rotations < 7; rotations += 1)
      endpoint = after(endpoint, rotate(endpoint, DAY, undefined, at(NOON + rotations * SECOND)));
    const generations = ({ previousSecrets = [] }: Endpoint) => previousSecrets.map((one) => one.generation);
    expect(generations(endpoint)).toEqual([7, 6, 5, 4, 3]);
    const later = after(endpoint, rotate(endpoint, DAY, undefined, at(NOON + DAY + 6 * SECOND)));
    expect(generations(later)).toEqual([8]);
  });

  it("without a time of grace keeps nothing", () => {
    const endpoint = buildEndpoint();
    const rotated = after(endpoint, rotate(endpoint, 0, undefined, at(NOON)));
    expect(rotated.generation).toBe(2);
    expect(rotated).not.toHaveProperty("previousSecrets");
  });
});
