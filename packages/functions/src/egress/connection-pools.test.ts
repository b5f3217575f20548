import { describe, expect, it } from "vitest";
import type { Connection } from "./connection.ts";
import { ConnectionPools } from "./connection-pools.ts";

const ORIGIN = "http://hook.example";
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Pools whose connections are lent, but never opened. */
function pools(connectionsPerHost: number): ConnectionPools {
  return new ConnectionPools(
    () => expect.unreachable(),
    { connectionsPerHost, maxPools: 2 },
    () => 0,
  );
}
async function borrowed(from: ConnectionPools): Promise<Connection> {
  return (await from.borrow(ORIGIN, 0)) ?? expect.unreachable();
}

describe("the connections to one origin", () => {
  it("are lent up to their number; whoever comes then waits, and is served in order", async () => {
    const all = pools(2);
    const [first, second] = [await borrowed(all), await borrowed(all)];
    const served: string[] = [];
    const turns = ["third", "fourth"].map((name) =>
      all.borrow(ORIGIN, Number.POSITIVE_INFINITY).then((connection) => {
        served.push(name);
        return connection;
      }),
    );
    await nextTurn();
    expect(served).toEqual([]);
    all.release(second);
    await nextTurn();
    expect(served).toEqual(["third"]);
    all.release(first);
    await Promise.all(turns);
    expect(served).toEqual(["third", "fourth"]);
    await all.close();
  });

  it("are not waited for longer than one will wait, and are then the next one's", async () => {
    const all = pools(1);
    const only = await borrowed(all);
    const patient = all.borrow(ORIGIN, Number.POSITIVE_INFINITY);
    expect(await all.borrow(ORIGIN, 1)).toBeUndefined();
    all.release(only);
    expect(await patient).toBeDefined();
    await all.close();
  });

  it("of another origin are others", async () => {
    const all = pools(1);
    await borrowed(all);
    expect(await all.borrow("http://other.example", 0)).toBeDefined();
    await all.close();
  });

  it("are used again only when their last answer was read to the end, and after a turn", async () => {
    const all = pools(1);
    const connection = await borrowed(all);
    connection.isReusable = true;
    all.release(connection);
    expect(await all.borrow(ORIGIN, Number.POSITIVE_INFINITY)).toBe(connection);
    connection.isReusable = false;
    all.release(connection);
    expect(await borrowed(all)).not.toBe(connection);
    await all.close();
  });

  it("come no more when all are closed: whoever waits is told", async () => {
    const all = pools(1);
    const connection = await borrowed(all);
    const waiting = all.borrow(ORIGIN, Number.POSITIVE_INFINITY);
    await all.close();
    expect(await waiting).toBeUndefined();
    all.release(connection);
  });
});
