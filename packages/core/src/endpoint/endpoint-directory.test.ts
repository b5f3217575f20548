import { describe, expect, it } from "vitest";
import { MINUTE } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { TestClock } from "../testing/test-clock.ts";
import { EndpointDirectory } from "./endpoint-directory.ts";
import { MemoryEndpointStore } from "./memory-endpoint-store.ts";

/** The store, and what was asked of it in turn; a test may let something happen between two readings. */
function setUp(mostRemembered?: number) {
  const clock = new TestClock();
  const store = new MemoryEndpointStore(clock);
  const asked: string[] = [];
  const between: { meanwhile?: () => Promise<unknown> } = {};
  const directory = new EndpointDirectory(
    {
      version: async (senderId) => {
        asked.push(`version ${senderId}`);
        const version = await store.version(senderId);
        await between.meanwhile?.();
        return version;
      },
      listOf: async (senderId) => {
        asked.push(`list ${senderId}`);
        return store.listOf(senderId);
      },
    },
    clock,
    mostRemembered,
  );
  const idsOf = async (senderId = "acme") =>
    (await directory.of(senderId)).endpoints.map(({ endpointId }) => endpointId);
  const lists = () => asked.filter((one) => one.startsWith("list")).length;
  return { clock, store, directory, asked, between, idsOf, lists };
}

describe("the directory of endpoints", () => {
  it("reads one version, and the endpoints only where that has changed", async () => {
    const { store, idsOf, asked } = setUp();
    const endpoint = buildEndpoint();
    await store.insert(endpoint);
    expect(await idsOf()).toEqual([endpoint.endpointId]);
    expect(await idsOf()).toEqual([endpoint.endpointId]);
    expect(asked).toEqual(["version acme", "list acme", "version acme"]);
  });

  it("knows every change that was answered before", async () => {
    const { store, idsOf } = setUp();
    expect(await idsOf()).toEqual([]);
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const endpoint = buildEndpoint();
      await store.insert(endpoint);
      ids.push(endpoint.endpointId);
      expect(await idsOf()).toEqual(ids);
    }
  });

  it("reads the endpoints once for all who ask at the same time", async () => {
    const { store, directory, asked, lists } = setUp();
    const endpoint = buildEndpoint();
    await store.insert(endpoint);
    const answers = await Promise.all(Array.from({ length: 100 }, () => directory.of("acme")));
    expect(answers.map(({ endpoints }) => endpoints)).toEqual(Array(100).fill([endpoint]));
    expect(lists()).toBe(1);
    // What one of them knows the others need not: each has asked whether anything has changed.
    expect(asked).toHaveLength(101);
  });

  it("does not share a reading that may have missed a change", async () => {
    const { store, clock } = setUp();
    await store.insert(buildEndpoint());
    const [begun, listing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const directory = new EndpointDirectory(
      {
        version: (senderId) => store.version(senderId),
        listOf: async (senderId) => {
          const endpoints = await store.listOf(senderId);
          begun.resolve();
          await listing.promise;
          return endpoints;
        },
      },
      clock,
    );
    const before = directory.of("acme");
    await begun.promise;
    const added = buildEndpoint();
    await store.insert(added);
    const after = directory.of("acme");
    listing.resolve();
    expect((await before).endpoints).toHaveLength(1);
    expect((await after).endpoints).toContainEqual(added);
    expect((await directory.of("acme")).endpoints).toContainEqual(added);
  });

  it("asks again after a reading that failed, and remembers nothing of it", async () => {
    const { store, clock } = setUp();
    const endpoint = buildEndpoint();
    await store.insert(endpoint);
    let isDown = true;
    const directory = new EndpointDirectory(
      {
        version: (senderId) => store.version(senderId),
        listOf: async (senderId) => {
          if (isDown) throw new Error("down");
          return store.listOf(senderId);
        },
      },
      clock,
    );
    const failed = await Promise.allSettled([directory.of("acme"), directory.of("acme")]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isDown = false;
    expect((await directory.of("acme")).endpoints).toEqual([endpoint]);
  });

  it("misses no change that comes between its two readings", async () => {
    const { store, idsOf, between } = setUp();
    const [first, second] = [buildEndpoint(), buildEndpoint()];
    await store.insert(first);
    between.meanwhile = () => {
      delete between.meanwhile;
      return store.insert(second);
    };
    // At the same time, either is right.
    await idsOf();
    expect(await idsOf()).toEqual([first.endpointId, second.endpointId]);
  });

  it("asks anew after a minute: a call may have died between its change and the version", async () => {
    const { clock, idsOf, lists } = setUp();
    await idsOf();
    clock.advance(MINUTE - 1);
    await idsOf();
    expect(lists()).toBe(1);
    clock.advance(1);
    await idsOf();
    expect(lists()).toBe(2);
    // A process that was frozen.
    clock.freeze(MINUTE);
    await idsOf();
    expect(lists()).toBe(3);
  });

  it("keeps senders apart, and remembers so many endpoints of all together", async () => {
    const { store, idsOf, lists } = setUp(3);
    for (const senderId of ["a", "a", "b", "b"]) await store.insert(buildEndpoint({ senderId }));
    expect((await idsOf("a")).length).toBe(2);
    expect((await idsOf("b")).length).toBe(2);
    expect(lists()).toBe(2);
    await idsOf("b");
    expect(lists()).toBe(2);
    await idsOf("a");
    expect(lists()).toBe(3);
  });

  it("remembers no failure", async () => {
    const { store, directory, between } = setUp();
    await store.insert(buildEndpoint());
    between.meanwhile = () => Promise.reject(new Error("silent"));
    await expect(directory.of("acme")).rejects.toThrow("silent");
    delete between.meanwhile;
    expect((await directory.of("acme")).endpoints).toHaveLength(1);
  });
});
