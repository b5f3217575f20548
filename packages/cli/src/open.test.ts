import { expect, it } from "vitest";
import { HOMING } from "./lines.ts";
import { runInProcess } from "./testing-terminal.ts";

const open = (...args: string[]) =>
  runInProcess(HOMING, ["open", ...args], {
    HOMING_URL: "https://api.example.com/v1",
    HOMING_DATA_DIR: "/nowhere",
  });

it.each<[string[], string]>([
  [[], "https://example.com/"],
  [["msg_01"], "https://example.com/messages/msg_01"],
  [["evt_01"], "https://example.com/events/evt_01"],
  [["ep_01"], "https://example.com/endpoints/ep_01"],
  [["--url", "http://127.0.0.1:3000"], "http://127.0.0.1:3000/"],
  [["ep_01", "--dashboard", "https://homing.example.org/"], "https://homing.example.org/endpoints/ep_01"],
])("%j is %s, and needs no key", async (args, page) => {
  expect(await open(...args)).toEqual({ code: 0, out: `${page}\n`, err: "" });
});

it.each([
  [["key_1"]],
  [["msg_1/../../x"]],
  [["constructor_1"]],
  [["msg_1", "msg_2"]],
  [["--dashboard", "here"]],
])("%j is wrong usage", async (args) => {
  const { code, out } = await open(...args);
  expect([code, out]).toEqual([2, ""]);
});
