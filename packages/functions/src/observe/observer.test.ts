import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPowertoolsObserver } from "./observer.ts";

/** What was written to standard output, line by line. */
let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(...String(text).split("\n").filter(Boolean));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const documents = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the metrics of one invocation", () => {
  test("are one line for all without dimensions and one for each set of dimensions, added up", () => {
    const observer = createPowertoolsObserver();
    for (const outcome of ["SUCCEEDED", "RETRY", "SUCCEEDED"]) {
      observer.metrics.add("Deliveries", 1, { outcome });
      observer.metrics.add("DeliveryDuration", 100);
    }
    observer.publish();
    const published = documents();
    expect(published).toHaveLength(3);
    expect(published.map(({ outcome, Deliveries }) => [outcome, Deliveries])).toEqual([
      ["SUCCEEDED", 2],
      ["RETRY", 1],
      [undefined, undefined],
    ]);
    expect(published[2]?.DeliveryDuration).toEqual([100, 100, 100]);
  });

  test("are not counted again by the next one", () => {
    const observer = createPowertoolsObserver();
    observer.metrics.add("Deliveries", 1, { outcome: "SUCCEEDED" });
    observer.publish();
    observer.metrics.add("Deliveries", 1, { outcome: "SUCCEEDED" });
    observer.publish();
    expect(documents().map((document) => document.Deliveries)).toEqual([1, 1]);
  });

  test("are no line at all, and no warning, where there are none", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    createPowertoolsObserver().publish();
    expect(lines).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });
});
