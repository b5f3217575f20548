import { describe, expect, it } from "vitest";
import { FieldErrors } from "./field-errors.ts";

describe("the errors of a request", () => {
  it("are told with their paths, dotted; the document's own is empty", () => {
    const errors = new FieldErrors();
    errors.add([], "is wrong");
    errors.add(["messages", 3, "headers", "x-a"], "is wrong too");
    errors.add("limit", "and this");
    expect(errors.listed).toEqual([
      { path: "", message: "is wrong" },
      { path: "messages.3.headers.x-a", message: "is wrong too" },
      { path: "limit", message: "and this" },
    ]);
    expect(errors.omitted).toBe(0);
  });

  it("are at most 50; the rest is counted", () => {
    const errors = new FieldErrors();
    for (let at = 0; at < 24_000; at += 1) errors.add(["body", at], "is wrong");
    expect(errors.listed).toHaveLength(50);
    expect(errors.listed.at(-1)?.path).toBe("body.49");
    expect(errors.omitted).toBe(23_950);
  });

  it("are counted exactly when they are put together", () => {
    const [one, other] = [new FieldErrors(), new FieldErrors()];
    for (let at = 0; at < 60; at += 1) one.add("a", "is wrong");
    for (let at = 0; at < 70; at += 1) other.add("b", "is wrong");
    one.addAll(other);
    one.addAll(undefined);
    expect([one.listed.length, one.omitted]).toEqual([50, 80]);
  });

  it("have paths of at most 200 characters, however long and however many the names are", () => {
    const long = "x".repeat(3_000_000);
    for (const path of [long, [long, long], Array<string>(64).fill(long), [..."y".repeat(1_000)]]) {
      const errors = new FieldErrors();
      errors.add(path, "is wrong");
      expect(errors.listed[0]?.path).toHaveLength(200);
    }
  });

  it("have paths without half a surrogate pair, also where a path is cut", () => {
    const errors = new FieldErrors();
    errors.add(["body", "\ud83d"], "is wrong");
    errors.add([`${"x".repeat(199)}📦`], "is wrong");
    expect(errors.listed.map(({ path }) => path.isWellFormed())).toEqual([true, true]);
  });

  it("know whether one field has them all", () => {
    const errors = new FieldErrors();
    expect(errors.areOnlyAt("deliverBy")).toBe(false);
    errors.add("deliverBy", "is past");
    expect(errors.areOnlyAt("deliverBy")).toBe(true);
    errors.add("body", "is wrong");
    expect(errors.areOnlyAt("deliverBy")).toBe(false);
  });
});
