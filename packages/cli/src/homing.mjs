#!/usr/bin/env node
/** `npx homing`: plain JavaScript, so that an older Node gets as far as the one line that says what it lacks. */
import "../../../needs-node-24.mjs";

await import("./cli.ts");
