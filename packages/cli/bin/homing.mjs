#!/usr/bin/env node
/**
 * `npx homing`. In the repository the sources run as they stand, on the Node that they need; where it is installed, what
 * was built of them. Plain JavaScript, so that an older Node gets as far as the one line that says what it lacks.
 */
import { existsSync } from "node:fs";

const SOURCE = new URL("../src/cli.ts", import.meta.url);

if (existsSync(SOURCE)) {
  await import("../../../needs-node-24.mjs");
  await import(SOURCE.href);
} else {
  await import("../dist/cli.js");
}
