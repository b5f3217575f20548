import { describe, expect, it } from "vitest";
import { interleave, openFirst } from "./happy-eyeballs.ts";

/** A race in which nothing happens by itself: attempts and delays end when the test says so. */
function race(addresses: string[], late?: Promise<string[]>) {
  const signal = new AbortController();
  const began: string[] = [];
  const closed: string[] = [];
  const discarded: string[] = [];
  const attempts = new Map<string, PromiseWithResolvers<string>>();
  const delays: Array<{ ms: number; end: () => void; isOver: () => boolean }> = [];
  const opened = openFirst<string>({
    addresses,
    ...(late && { late }),
    signal: signal.signal,
    open: (address, over) => {
      began.push(address);
      over.addEventListener("abort", () => closed.push(address));
      const attempt = Promise.withResolvers<string>();
      attempts.set(address, attempt);
      return attempt.promise;
    },
    discard: (socket) => discarded.push(socket),
    wait: (ms, over) =>
      new Promise((resolve, reject) => {
        over.addEventListener("abort", () => reject(over.reason));
        delays.push({ ms, end: () => resolve(undefined), isOver: () => over.aborted });
      }),
  });
  opened.catch(() => undefined);
  const settle = async (act: () => void) => {
    act();
    await new Promise(setImmediate);
  };
  return {
    opened,
    began,
    closed,
    discarded,
    delays,
    signal,
    succeed: (address: string) => settle(() => attempts.get(address)?.resolve(`to ${address}`)),
    fail: (address: string, code = "ECONNREFUSED") =>
      settle(() => attempts.get(address)?.reject(Object.assign(new Error(code), { code }))),
    endDelay: () => settle(() => delays.at(-1)?.end()),
    settle,
  };
}

describe("connecting to one of several addresses (RFC 8305 §5)", () => {
  it("begins the next attempt after 250 ms and gives none up for it", async () => {
    const { opened, began, closed, delays, endDelay, succeed } = race(["a", "b", "c"]);
    expect(began).toEqual(["a"]);
    expect(delays[0]?.ms).toBe(250);
    await endDelay();
    expect(began).toEqual(["a", "b"]);
    expect(closed).toEqual([]);
    await endDelay();
    expect(began).toEqual(["a", "b", "c"]);
    await succeed("a");
    expect(await opened).toBe("to a");
    expect(delays.every(({ isOver }) => isOver())).toBe(true);
  });

  it("takes the first that opens, closes the others, and discards one that opens all the same", async () => {
    const { opened, closed, discarded, endDelay, succeed } = race(["a", "b"]);
    await endDelay();
    await succeed("b");
    expect(await opened).toBe("to b");
    expect(closed).toContain("a");
    await succeed("a");
    expect(discarded).toEqual(["to a"]);
  });

  it("begins the next attempt at once when one fails, and then waits anew", async () => {
    const { opened, began, delays, fail, succeed } = race(["a", "b", "c"]);
    await fail("a");
    expect(began).toEqual(["a", "b"]);
    expect(delays.map(({ isOver }) => isOver())).toEqual([true, false]);
    await succeed("b");
    expect(await opened).toBe("to b");
    expect(began).toEqual(["a", "b"]);
  });

  it("fails when all have failed, with the error of the only one or with all of them", async () => {
    const alone = race(["a"]);
    await alone.fail("a", "ECONNRESET");
    await expect(alone.opened).rejects.toMatchObject({ code: "ECONNRESET" });
    const both = race(["a", "b"]);
    await both.endDelay();
    await both.fail("b", "ENETUNREACH");
    await both.fail("a", "ECONNREFUSED");
    await expect(both.opened).rejects.toMatchObject({
      errors: [{ code: "ENETUNREACH" }, { code: "ECONNREFUSED" }],
    });
  });

  it("takes in addresses that become known later: at once if its turn has come, else in turn", async () => {
    const late = Promise.withResolvers<string[]>();
    const waiting = race(["a"], late.promise);
    await waiting.settle(() => late.resolve(["z"]));
    expect(waiting.began).toEqual(["a"]);
    await waiting.endDelay();
    expect(waiting.began).toEqual(["a", "z"]);

    const later = Promise.withResolvers<string[]>();
    const failed = race(["a"], later.promise);
    await failed.fail("a");
    await failed.settle(() => later.resolve(["z"]));
    expect(failed.began).toEqual(["a", "z"]);
    await failed.succeed("z");
    expect(await failed.opened).toBe("to z");

    const delayOver = Promise.withResolvers<string[]>();
    const overdue = race(["a"], delayOver.promise);
    await overdue.endDelay();
    await overdue.settle(() => delayOver.resolve(["z"]));
    expect(overdue.began).toEqual(["a", "z"]);
  });

  it("fails when neither now nor later an address can be opened", async () => {
    const late = Promise.withResolvers<string[]>();
    const { opened, fail, settle } = race(["a"], late.promise);
    await fail("a");
    await settle(() => late.resolve([]));
    await expect(opened).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("ends at once, with everything closed, when a later address is refused", async () => {
    const late = Promise.withResolvers<string[]>();
    const { opened, closed, settle } = race(["a"], late.promise);
    await settle(() => late.reject(new Error("refused")));
    await expect(opened).rejects.toThrow("refused");
    expect(closed).toEqual(["a"]);
  });

  it("ends with everything closed when it is given up, and opens nothing after that", async () => {
    const { opened, began, closed, discarded, signal, endDelay, succeed, settle } = race(["a", "b", "c"]);
    await endDelay();
    await settle(() => signal.abort(new Error("deadline")));
    await expect(opened).rejects.toThrow("deadline");
    expect(closed).toEqual(["a", "b"]);
    await endDelay();
    await succeed("a");
    expect(began).toEqual(["a", "b"]);
    expect(discarded).toEqual(["to a"]);
    const after = new AbortController();
    after.abort(new Error("before it began"));
    await expect(
      openFirst({
        addresses: ["a"],
        late: Promise.reject(new Error("refused, when nobody asks any more")),
        open: () => expect.unreachable(),
        discard: () => undefined,
        wait: async () => undefined,
        signal: after.signal,
      }),
    ).rejects.toThrow("before it began");
  });
});

describe("the order of addresses (RFC 8305 §4)", () => {
  it("lets the families take turns, the preferred one first", () => {
    const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"];
    expect(interleave(addresses, true)).toEqual(["2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    expect(interleave(addresses, false)).toEqual(["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"]);
    expect(interleave(["2001:db8::1"], false)).toEqual(["2001:db8::1"]);
  });
});
