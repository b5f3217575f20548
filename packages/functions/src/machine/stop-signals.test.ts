import { EventEmitter } from "node:events";
import { beforeEach, expect, it } from "vitest";
import { onStopSignal } from "./stop-signals.ts";

let now: number;
let told: string[];
let signals: EventEmitter;

beforeEach(() => {
  now = 5_000;
  told = [];
  signals = new EventEmitter();
  onStopSignal({
    signals,
    now: () => now,
    stop: () => told.push("stop"),
    abandon: () => told.push("abandon"),
  });
});

it("takes the signal that npm passes on after the terminal sent it for the same one", () => {
  signals.emit("SIGINT");
  now += 999;
  signals.emit("SIGINT");
  expect(told).toEqual(["stop"]);
});

it("ends at once when somebody asks again", () => {
  signals.emit("SIGTERM");
  now += 1_000;
  signals.emit("SIGINT");
  expect(told).toEqual(["stop", "abandon"]);
});
