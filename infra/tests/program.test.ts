/** The program as a whole: its types, its settings, and what it prints. */
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { bundleProgram, evaluate } from "../testing/evaluate.ts";
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

test("a deployment says whom alarms tell, loudly if that is nobody", () => {
  expect(evaluated("production").graph.outputs.alarms).toMatch(/operators@example\.com.*confirmed/);
  expect(evaluated("personal").graph.outputs.alarms).toBe("NOBODY IS TOLD: set HOMING_ALARM_EMAIL");
});

/** CloudFront, IAM and CloudWatch's dashboards have one list of names an account; S3's is the whole world's. */
const GLOBAL_NAMES = ["aws:cloudfront/", "aws:iam/", "aws:s3/bucket:", "aws:cloudwatch/dashboard:"];

test.each(["personal", "production"] as const)(
  "%s: the same stage in a second region takes no name twice",
  (label) => {
    const names = evaluated(label)
      .graph.resources.filter(({ type }) => GLOBAL_NAMES.some((prefix) => type.startsWith(prefix)))
      .flatMap(({ inputs }) => [inputs.name, inputs.dashboardName, inputs.bucket])
      .filter((name): name is string => typeof name === "string");
    expect(names.length).toBeGreaterThan(5);
    // The region, or the random letters that SST puts at the end.
    expect(names.filter((name) => !/-us-east-1\b|-[a-z]{8}$/.test(name))).toEqual([]);
  },
);

test.each(["personal", "production", "dev"] as const)("%s makes no resource twice", (label) => {
  const names = evaluated(label).graph.resources.map(({ type, name }) => `${type} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("a setting that cannot be used ends a deployment before it begins, with its one line", async () => {
  const bundle = await bundleProgram();
  try {
    const env = { HOMING_RETRY_SHEDULE: "5s" };
    await expect(evaluate(bundle, { stage: "ada", dev: false, env })).rejects.toThrow(
      /VisibleError: HOMING_RETRY_SHEDULE: there is no such setting; README\.md lists them\.\n/,
    );
  } finally {
    await rm(bundle);
  }
});
