import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { buildMessage, buildPayload } from "../testing/build-message.ts";
import { NOON, TestClock } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { MemoryCounters } from "./memory-counters.ts";
import { readSeries, type SeriesQuery } from "./series.ts";

function setUp() {
  const system = new TestSystem();
  const clock = new TestClock();
  const counters = new MemoryCounters(clock);
  const series = (query: SeriesQuery) => readSeries({ ...system.deps, counters, clock }, query);
  const put = async (createdAt: number, over: Partial<Message> = {}, targetUrl?: string) => {
    const message = buildMessage({ createdAt, ...over });
    const own = { ...message, requestHash: message.messageId };
    await system.store.insert(own);
    if (targetUrl) await system.store.putPayload(own, buildPayload({ targetUrl }), NOON + DAY);
  };
  return { system, clock, counters, series, put };
}

describe("what happened over a period", () => {
  it.each([
    ["hour", MINUTE, 60],
    ["day", 15 * MINUTE, 96],
    ["week", HOUR, 168],
  ] as const)("of everything: a %s in even steps, as it was counted", async (period, stepMs, steps) => {
    const { clock, counters, series } = setUp();
    clock.time = NOON - stepMs;
    counters.add("accepted", 7);
    clock.time = NOON + 1;
    counters.add("accepted", 2);
    counters.add("failed");
    const { points, from, basis, ...rest } = await series({ period });
    expect(rest).toEqual({ stepMs });
    expect(basis).toBeUndefined();
    expect(from).toBe(NOON - (steps - 1) * stepMs);
    expect(points.map(({ at }) => at)).toEqual(
      Array.from({ length: steps }, (_, index) => from + index * stepMs),
    );
    expect(points.at(-2)).toMatchObject({ accepted: 7, failed: 0 });
    expect(points.at(-1)).toEqual({
      at: NOON,
      accepted: 2,
      completed: 0,
      failed: 1,
      retried: 0,
      rolledBack: 0,
    });
  });

  it("of one sender: its messages of the period, and of nobody else", async () => {
    const { series, put } = setUp();
    await put(NOON - 2 * HOUR);
    await put(NOON - 2 * HOUR, { senderId: "globex" });
    await put(NOON - 2 * DAY);
    const { points, basis } = await series({ period: "day", senderId: "acme" });
    expect(points).toHaveLength(96);
    expect(points.filter(({ accepted }) => accepted > 0)).toEqual([
      expect.objectContaining({ at: NOON - 2 * HOUR, accepted: 1 }),
    ]);
    expect(basis).toEqual({ messages: 1, since: NOON - DAY + 15 * MINUTE });
  });

  it("of one target: by its host, to endpoints of that host too", async () => {
    const { system, series, put } = setUp();
    const endpoint = buildEndpoint({ url: "https://shop.example/e" });
    await system.endpoints.insert(endpoint);
    await put(NOON - HOUR, {}, "https://shop.example/hook");
    await put(NOON - HOUR, {}, "https://other.example/hook");
    await put(NOON - HOUR, { endpointId: endpoint.endpointId, eventId: "evt_1", eventType: "a" });
    const { points } = await series({ period: "week", target: "shop.example" });
    expect(points.find(({ at }) => at === NOON - HOUR)?.accepted).toBe(2);
    const ofEndpoint = await series({ period: "week", endpointId: endpoint.endpointId });
    expect(ofEndpoint.points.find(({ at }) => at === NOON - HOUR)?.accepted).toBe(1);
  });

  it("begins where the newest thousand begin, instead of telling of nothing before", async () => {
    const { series, put } = setUp();
    await put(NOON - 20 * HOUR);
    for (let made = 0; made < 1_000; made += 1) await put(NOON - 40 * MINUTE);
    const { points, from, basis } = await series({ period: "day", senderId: "acme" });
    expect(from).toBe(NOON - DAY + 15 * MINUTE);
    expect(points.map(({ at, accepted }) => [at, accepted])).toEqual([
      [NOON - 45 * MINUTE, 1_000],
      [NOON - 30 * MINUTE, 0],
      [NOON - 15 * MINUTE, 0],
      [NOON, 0],
    ]);
    expect(basis).toEqual({ messages: 1_000, since: NOON - 40 * MINUTE });
  });
});
