import { expect, it } from "vitest";
import { stageAt } from "./stage.ts";

it.each([
  ["localhost", "local"],
  ["homing.localhost", "local"],
  ["127.0.0.1", "local"],
  ["[::1]", "local"],
  ["homing.example.com", "homing.example.com"],
  ["127.example.com", "127.example.com"],
  ["localhost.example.com", "localhost.example.com"],
  ["192.168.1.20", "192.168.1.20"],
])("a dashboard at %s without a stage is called %s", (hostname, expected) => {
  expect(stageAt(hostname)).toBe(expected);
});
