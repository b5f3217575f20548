/** What `npm start` says of variables before it starts anything. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("names a variable that nobody reads, and the one that cannot be used", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "start.ts")], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      HOMING_DATA_DIR: "memory",
      HOMING_RETRY_SHEDULE: "5s",
      // Those of the command line and of a deployment may be there.
      HOMING_KEY: "hk_x",
      HOMING_DOMAIN: "homing.example.com",
      PORT: "http",
    },
  });
  expect(stderr.split("\n")).toEqual([
    "HOMING_RETRY_SHEDULE: there is no such setting, so it has no effect; README.md lists them.",
    'PORT: "http" is not a port; write a number from 0 (any free port) to 65535.',
    "",
  ]);
  expect([status, stdout]).toEqual([1, ""]);
});
