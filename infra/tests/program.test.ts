/** The program as a whole: its types, its settings, and what it prints. */
import { expect, test } from "vitest";
import { evaluated } from "../testing/evaluated.ts";
import { ofType } from "../testing/graph.ts";
import { checkTypes } from "../testing/type-check.ts";

test("sst.config.ts, infra/ and their tests have no type error against the installed platform", async () => {
  expect(await checkTypes()).toBe("");
});

test("production keeps its data when it is removed, and refuses to be removed", () => {
  expect(evaluated("production").app).toEqual({
    name: "homing",
    home: "aws",
    removal: "retain",
    protect: true,
  });
});

test("a personal stage goes without a trace", () => {
  expect(evaluated("personal").app).toEqual({
    name: "homing",
    home: "aws",
    removal: "remove",
    protect: false,
  });
});

test("in production the table outlives the stack, on a personal stage it does not", () => {
  const retained = (label: "personal" | "production") =>
    ofType(evaluated(label).graph, "aws:dynamodb/table:Table").map(({ retainOnDelete }) => retainOnDelete);
  expect(retained("production")).toEqual([true]);
  expect(retained("personal")).toEqual([false]);
});

test("a deployment prints where the API and the dashboard are", () => {
  expect(evaluated("production").graph.outputs).toMatchObject({
    api: "https://api.homing.example.com",
    dashboard: "https://homing.example.com",
  });
  expect(evaluated("personal").graph.outputs).toMatchObject({
    api: "https://gatewayapi.execute-api.us-east-1.amazonaws.com",
    dashboard: "https://d111111abcdef8.cloudfront.net",
  });
});

test.each(["personal", "production", "dev"] as const)("%s makes no resource twice", (label) => {
  const names = evaluated(label).graph.resources.map(({ type, name }) => `${type} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
