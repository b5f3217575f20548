import { TestClock } from "@homing/core/testing/test-clock";
import type { Dispatcher } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ExchangeConnection, exchange } from "./exchange.ts";

const REQUEST = { path: "/", method: "POST" } as const;
const LIMITS = { timeoutMs: 15_000, readBytes: 16_384 };

/** A connection on which only what the test says happens. */
function connection() {
  let handler: Dispatcher.DispatchHandler | undefined;
  const aborted: string[] = [];
  const controller = {
    abort: (reason: Error) => aborted.push(reason.message),
  } as unknown as Dispatcher.DispatchController;
  const state: ExchangeConnection & { answeredStatus: number | undefined; asked: number } = {
    dispatch: (_request, given) => {
      handler = given;
    },
    expectAnswer() {
      this.asked += 1;
    },
    answeredStatus: undefined,
    isReusable: false,
    asked: 0,
  };
  return {
    state,
    aborted,
    start: () => handler?.onRequestStart?.(controller, {}),
    head: (status: number) => handler?.onResponseStart?.(controller, status, {}),
    end: () => handler?.onResponseEnd?.(controller, {}),
    fail: (error: Error) => handler?.onResponseError?.(controller, error),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the deadline of an exchange", () => {
  it("lets nothing leave that was still waiting for its connection", async () => {
    const { state, aborted, start } = connection();
    const result = exchange(state, REQUEST, LIMITS);
    vi.advanceTimersByTime(15_000);
    expect(await result).toEqual({ kind: "timeout" });
    start();
    expect(aborted).toEqual(["The deadline has passed."]);
    expect(state.asked).toBe(0);
  });

  it("is over for a process that was frozen meanwhile, although its timers know nothing of it", async () => {
    const { state, aborted, start } = connection();
    const clock = new TestClock();
    const result = exchange(state, REQUEST, LIMITS, clock);
    clock.freeze(15_000);
    start();
    expect(await result).toEqual({ kind: "timeout" });
    expect(aborted).toEqual(["The deadline has passed."]);
    expect(state.asked).toBe(0);
  });

  it("ends a request that has left, and what comes afterwards changes nothing", async () => {
    const { state, aborted, start, head, end } = connection();
    const result = exchange(state, REQUEST, LIMITS);
    start();
    vi.advanceTimersByTime(14_999);
    expect(aborted).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(aborted).toEqual(["The deadline has passed."]);
    head(200);
    end();
    expect(await result).toEqual({ kind: "timeout" });
    expect(state.isReusable).toBe(false);
  });

  it("does not undo a status line that has arrived", async () => {
    const { state, start } = connection();
    const result = exchange(state, REQUEST, LIMITS);
    start();
    state.answeredStatus = 200;
    vi.advanceTimersByTime(15_000);
    expect(await result).toMatchObject({ kind: "response", status: 200, cut: "TIMEOUT" });
  });

  it("is over with the response: the connection may be used again, and no timer is left", async () => {
    const { state, start, head, end } = connection();
    const result = exchange(state, REQUEST, LIMITS);
    start();
    head(204);
    end();
    expect(await result).toMatchObject({ kind: "response", status: 204 });
    expect(state.isReusable).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a status line behind which nothing can be read", () => {
  it("decides, if it is the present request's", async () => {
    const { state, start, fail } = connection();
    state.answeredStatus = 200;
    const connecting = exchange(state, REQUEST, LIMITS);
    // Of the request before: this one has not even left.
    fail(new Error("refused"));
    expect(await connecting).toMatchObject({ kind: "failed" });

    const sent = exchange(state, REQUEST, LIMITS);
    start();
    fail(Object.assign(new Error("headers"), { code: "UND_ERR_HEADERS_OVERFLOW" }));
    expect(await sent).toMatchObject({ kind: "response", status: 200, cut: "SIZE" });
  });
});
