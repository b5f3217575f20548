import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createGuardedConnector, type EgressPolicy } from "./guarded-connector.ts";
import type { Resolution } from "./host-resolver.ts";
import type { Progress } from "./progress.ts";

const TO = { hostname: "hook.example", port: 80, isTls: false };
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A connector whose sockets connect when the test says so, and the addresses it opened. */
function connector(resolution: Resolution | Promise<Resolution>, policy: Partial<EgressPolicy> = {}) {
  const opened: string[] = [];
  const closed: string[] = [];
  const sockets = new Map<string, PromiseWithResolvers<Socket>>();
  const connect = createGuardedConnector(
    { allowPrivateTargets: [], refusePorts: () => new Set(), resolve: async () => resolution, ...policy },
    (address, _port, over) => {
      opened.push(address);
      over.addEventListener("abort", () => closed.push(address));
      const socket = Promise.withResolvers<Socket>();
      sockets.set(address, socket);
      return socket.promise;
    },
  );
  const progress: Progress = { phase: "RESOLVING" };
  const giveUp = new AbortController();
  return {
    connect: (to = TO) => connect(to, progress, giveUp.signal),
    opened,
    closed,
    sockets,
    progress,
    giveUp,
  };
}

describe("which addresses are connected to", () => {
  it.each([
    [["8.8.8.8", "10.0.0.1"]],
    [["10.0.0.1", "8.8.8.8"]],
    [["8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "::ffff:169.254.169.254"]],
    [["127.0.0.1"]],
  ])("none, if one of %j is refused", async (addresses) => {
    const { connect, opened } = connector({ addresses });
    await expect(connect()).rejects.toMatchObject({ name: "TargetNotAllowedError" });
    expect(opened).toEqual([]);
  });

  it("none, if a literal is refused, or the port of an address that is not public", async () => {
    const literal = connector(
      { addresses: ["8.8.8.8"] },
      { resolve: () => expect.unreachable("asked the DNS") },
    );
    await expect(literal.connect({ ...TO, hostname: "169.254.169.254" })).rejects.toThrow("link-local");
    const ownPort = connector(
      { addresses: ["127.0.0.1"] },
      { allowPrivateTargets: ["127.0.0.0/8"], refusePorts: () => new Set([80]) },
    );
    await expect(ownPort.connect()).rejects.toThrow("one of Homing's own servers");
    expect([...literal.opened, ...ownPort.opened]).toEqual([]);
  });

  it("none any more, if one that becomes known later is refused; that one never", async () => {
    const late = Promise.withResolvers<string[]>();
    const { connect, opened, closed } = connector({ addresses: ["8.8.8.8"], late: late.promise });
    const connected = connect();
    await nextTurn();
    expect(opened).toEqual(["8.8.8.8"]);
    late.resolve(["2001:4860:4860::8888", "fd00:ec2::254"]);
    await expect(connected).rejects.toMatchObject({ name: "TargetNotAllowedError" });
    expect(opened).toEqual(["8.8.8.8"]);
    expect(closed).toEqual(["8.8.8.8"]);
  });

  it("one that was connected before a refused one became known: it was checked itself", async () => {
    const late = Promise.withResolvers<string[]>();
    const { connect, sockets } = connector({ addresses: ["8.8.8.8"], late: late.promise });
    const connected = connect();
    await nextTurn();
    const socket = new Socket();
    sockets.get("8.8.8.8")?.resolve(socket);
    expect(await connected).toBe(socket);
    late.resolve(["10.0.0.1"]);
    await nextTurn();
  });
});

describe("a connection that is given up", () => {
  it("opens nothing, although the name is resolved afterwards", async () => {
    const answer = Promise.withResolvers<Resolution>();
    const { connect, opened, giveUp, progress } = connector(answer.promise);
    const connected = connect();
    giveUp.abort(new Error("deadline"));
    await expect(connected).rejects.toThrow("deadline");
    answer.resolve({ addresses: ["8.8.8.8"] });
    await nextTurn();
    expect(opened).toEqual([]);
    expect(progress.phase).toBe("RESOLVING");
  });

  it("closes what was being opened, and destroys what opens all the same", async () => {
    const { connect, closed, giveUp, sockets, progress } = connector({ addresses: ["8.8.8.8"] });
    const connected = connect();
    await nextTurn();
    expect(progress).toMatchObject({ phase: "CONNECTING", address: "8.8.8.8", port: 80 });
    giveUp.abort(new Error("deadline"));
    await expect(connected).rejects.toThrow("deadline");
    expect(closed).toEqual(["8.8.8.8"]);
    const socket = new Socket();
    sockets.get("8.8.8.8")?.resolve(socket);
    await nextTurn();
    expect(socket.destroyed).toBe(true);
  });
});
