import { expect, test } from "vitest";
import { explore } from "./explore.ts";
import { postponing } from "./generate-postponed.ts";
import { memoryBackend } from "./memory-backend.ts";
import type { Mutant } from "./simulate/mutant.ts";

const TIMEOUT_MS = 600_000;
const SEARCH = { runs: 500, seed: 20_261_128, makeBackend: memoryBackend, from: postponing };

test("a copy that is left for later is delivered, once, whatever dies while it is sent again", {
  timeout: TIMEOUT_MS,
}, async () => {
  const findings = await explore(SEARCH);
  expect(findings.failure?.story).toBeUndefined();
  expect(findings.schedules).toBe(SEARCH.runs);
});

test("unless it is not sent again at all", { timeout: TIMEOUT_MS }, async () => {
  const { failure } = await explore({ ...SEARCH, mutant: FORGETFUL, shrink: false });
  expect(failure?.text).toMatch(/is thrown away/);
});

/** Whoever leaves a copy for later takes it for sent again. */
const FORGETFUL: Mutant = {
  name: "postponed copy",
  removes: "a copy that is left for later is not sent again",
  queue: (queue) => ({
    send: (copies, timeoutMs) =>
      copies.every(({ delaySeconds, body }) => delaySeconds >= 7 && body.includes('"attempt":1'))
        ? Promise.resolve(copies.map(() => undefined))
        : queue.send(copies, timeoutMs),
    depth: () => queue.depth(),
    deadLetters: () => queue.deadLetters(),
  }),
};
