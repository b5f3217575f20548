import { describe, expect, it } from "vitest";
import { describeAhead, describeLane, describeWaiting } from "./describe-lane.ts";
import { laneSearch, parseLaneFilter } from "./filter.ts";

describe("a lane in words", () => {
  it("says what its state means, and from when on", () => {
    expect(describeLane({ state: "BLOCKED" })).toEqual({ name: "Blocked", tone: "bad", since: "failed" });
    expect(describeLane({ state: "HELD_UP" })).toMatchObject({ name: "Held up", tone: "warn" });
    expect(describeLane({ state: "FLOWING" })).toMatchObject({ name: "Flowing", tone: "good" });
  });

  it("counts who waits, and says when there are more than were counted", () => {
    expect(describeWaiting({ waiting: 0, capped: false })).toBeUndefined();
    expect(describeWaiting({ waiting: 1, capped: false })).toBe("1 waits behind it");
    expect(describeWaiting({ waiting: 5_019, capped: true })).toBe("at least 5,019 wait behind it");
  });

  it("of a message that waits, how many go before it", () => {
    expect(describeAhead({ messageId: "msg_1", ahead: 3 })).toBe("3 ahead, behind");
    expect(describeAhead({ messageId: "msg_1", ahead: 5_020, capped: true })).toBe(
      "at least 5,020 ahead, behind",
    );
  });
});

describe("the filter is the URL", () => {
  it("comes back as it was written, with keys of any characters", () => {
    const filter = { sender: "acme", ordering: "a/b?c=d&e#f%g+h" };
    expect(parseLaneFilter(laneSearch(filter))).toEqual(filter);
    expect(parseLaneFilter("?sender=&other=1")).toEqual({});
    expect(laneSearch({})).toBe("");
  });
});
