import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeFileAgain } from "./log-file.ts";

it.each([1, 1_048_576, 3_000_001])("a file of %i bytes is written again, and is what it was", (bytes) => {
  const folder = mkdtempSync(join(tmpdir(), "homing-log-"));
  const path = join(folder, "log");
  const content = Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251));
  writeFileSync(path, content);
  utimesSync(path, 0, 0);
  const file = openSync(path, "r+");
  writeFileAgain(file);
  closeSync(file);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(statSync(path).mtimeMs).toBeGreaterThan(0);
  rmSync(folder, { recursive: true });
});
