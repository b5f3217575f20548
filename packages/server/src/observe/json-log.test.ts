import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { createJsonLog } from "./json-log.ts";

const AT = new Date("2026-11-26T12:00:00.000Z");

it("writes one JSON line an event, those of one turn together, and all before the end", async () => {
  const written: string[] = [];
  const log = createJsonLog({ write: (text) => written.push(text), now: () => AT });
  log.write("info", "request", { status: 202, keyId: undefined });
  log.write("error", "system_error", { correlationId: "c" }, new Error("disk full"));
  expect(written).toEqual([]);
  await setImmediate();
  const [first, second, ...others] = (written[0] ?? "").trimEnd().split("\n");
  expect([written.length, others]).toEqual([1, []]);
  expect(JSON.parse(first ?? "")).toEqual({
    level: "INFO",
    message: "request",
    timestamp: "2026-11-26T12:00:00.000Z",
    service: "homing",
    event: "request",
    status: 202,
  });
  expect(JSON.parse(second ?? "")).toMatchObject({
    level: "ERROR",
    correlationId: "c",
    error: { name: "Error", message: "disk full" },
  });
  log.write("info", "last", {});
  log.flush();
  expect(written[1]).toContain('"event":"last"');
});

it.each([
  ["WARN", ["warn", "error"]],
  ["SILENT", []],
  [undefined, ["info", "warn", "error"]],
  ["nonsense", ["info", "warn", "error"]],
])("leaves out what is below %s", (level, expected) => {
  const events: string[] = [];
  const log = createJsonLog({ level, write: (text) => events.push(text) });
  for (const each of ["debug", "info", "warn", "error"] as const) log.write(each, each, {});
  log.flush();
  expect([...events.join("").matchAll(/"event":"(\w+)"/g)].map(([, event]) => event)).toEqual(expected);
});
