import { DAY, MINUTE } from "@homing/core/duration";
import { TestClock } from "@homing/core/testing/test-clock";
import { beforeEach, expect, it, vi } from "vitest";
import { MemoryKeyStore } from "./keys/memory-key-store.ts";
import { createSigningSecrets, type RememberedSigningSecrets } from "./signing-secrets.ts";

let clock: TestClock;
let senders: MemoryKeyStore;
let forSender: RememberedSigningSecrets["forSender"];
let forget: RememberedSigningSecrets["forget"];

beforeEach(() => {
  clock = new TestClock();
  senders = new MemoryKeyStore();
  ({ forSender, forget } = createSigningSecrets({ master: "a master secret", senders, clock }));
});

/** Rotates, and lets the processes notice. */
async function rotate(): Promise<void> {
  await senders.rotateSender("acme", clock.now());
  clock.advance(MINUTE);
}

it("gives a sender that nobody has heard of one secret, its own", async () => {
  const [secret, ...others] = await forSender("acme");
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(others).toEqual([]);
  expect(await forSender("globex")).not.toContain(secret);
});

it("signs with the new secret and the old one for a day after a rotation, then with the new one", async () => {
  const [first] = await forSender("acme");
  await rotate();
  const [second, ...rest] = await forSender("acme");
  expect(rest).toEqual([first]);
  expect(second).not.toBe(first);
  clock.advance(DAY - 2 * MINUTE);
  expect(await forSender("acme")).toEqual([second, first]);
  clock.advance(MINUTE);
  expect(await forSender("acme")).toEqual([second]);
});

it("keeps every secret for its own day when one rotation follows another", async () => {
  const [first] = await forSender("acme");
  await rotate();
  const [second] = await forSender("acme");
  clock.advance(DAY / 2);
  await rotate();
  const [third] = await forSender("acme");
  expect(await forSender("acme")).toEqual([third, second, first]);
  clock.advance(DAY / 2);
  expect(await forSender("acme")).toEqual([third, second]);
});

it("knows a rotation at once if it is told of it", async () => {
  const [first] = await forSender("acme");
  await senders.rotateSender("acme", clock.now());
  expect(await forSender("acme")).toEqual([first]);
  forget("acme");
  expect(await forSender("acme")).toEqual([expect.not.stringContaining(first ?? ""), first]);
});

it("reads a sender once a minute", async () => {
  const read = vi.spyOn(senders, "getSender");
  await Promise.all([forSender("acme"), forSender("acme")]);
  clock.advance(MINUTE - 1);
  await forSender("acme");
  expect(read).toHaveBeenCalledTimes(1);
});

it("knows a rotation after a minute by the time of day, although the process was frozen meanwhile", async () => {
  const [first] = await forSender("acme");
  await senders.rotateSender("acme", clock.now());
  clock.freeze(MINUTE);
  expect(await forSender("acme")).toEqual([expect.not.stringContaining(first ?? ""), first]);
});
