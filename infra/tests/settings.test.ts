/** What the variables of a deployment do: each works as it does locally, or is refused before anything is deployed. */
import { describe, expect, test } from "vitest";
import { SettingsError } from "../../packages/core/src/settings.ts";
import { variablesOf } from "../../packages/core/src/variables.ts";
import { stageLifetime, stageSettings } from "../stage.ts";
import { evaluateApp } from "../testing/evaluate.ts";

const production = (env: Record<string, string | undefined> = {}) =>
  stageSettings({ name: "production", dev: false, env });

describe("a setting reaches the functions", () => {
  test.each([
    ["HOMING_RETRY_SCHEDULE", "10s,1h", "10s,1h"],
    ["HOMING_RETRY_SCHEDULE", "", ""],
    ["HOMING_DELIVERY_TIMEOUT", "20s", "20s"],
    ["HOMING_LEASE", "90s", "90s"],
    ["HOMING_QUEUE_DEADLINE", "1h", "1h"],
    ["HOMING_SEND_BUDGET", "2s", "2s"],
    ["HOMING_RETENTION", "60d", "60d"],
    ["HOMING_ENDPOINT_DISABLE_AFTER", "2d", "2d"],
    ["HOMING_ENDPOINT_DISABLE_AFTER", "", ""],
    ["HOMING_FAILING_GATE", "on", "on"],
    ["HOMING_SHARDS", "8", "8"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "10.0.0.0/8", "10.0.0.0/8"],
  ])("%s=%s", (name, text, seen) => {
    expect(production({ [name]: text }).environment[name]).toBe(seen);
  });

  test("and none is forgotten: every setting that works everywhere is given to them", () => {
    expect(Object.keys(production().environment).sort()).toEqual(
      variablesOf("everywhere", "in functions").concat("HOMING_RECONCILE_INTERVAL").sort(),
    );
  });

  test("under `sst dev` too, over the patient defaults that breakpoints need", () => {
    const { environment } = stageSettings({ name: "ada", dev: true, env: { HOMING_LEASE: "12m" } });
    expect(environment).toMatchObject({ HOMING_LEASE: "12m", HOMING_DELIVERY_TIMEOUT: "5m" });
  });
});

describe("a longer delivery", () => {
  test("gives the worker 15 s beside it, and the queue six times as long, as AWS advises", () => {
    const { timeoutSeconds, visibilityTimeoutSeconds, environment } = production({
      HOMING_DELIVERY_TIMEOUT: "2m",
      HOMING_LEASE: "3m",
    });
    expect(timeoutSeconds.worker).toBe(135);
    expect(visibilityTimeoutSeconds).toBe(810);
    expect(environment.HOMING_VISIBILITY_TIMEOUT).toBe("810s");
  });

  test("may not outlast Lambda, which ends every function after 15 minutes", () => {
    const lasting = (text: string) => () =>
      production({ HOMING_DELIVERY_TIMEOUT: text, HOMING_LEASE: "20m" });
    expect(lasting("886s")).toThrow(/^HOMING_DELIVERY_TIMEOUT: [^\n]+$/);
    expect(lasting("885s")().timeoutSeconds.worker).toBe(900);
  });
});

describe("refused in one line that names the variable:", () => {
  test.each([
    ["a typing error", { HOMING_RETRY_SHEDULE: "5s" }, "HOMING_RETRY_SHEDULE"],
    ["a typing error, even set to nothing", { HOMING_ALARM_MAIL: "" }, "HOMING_ALARM_MAIL"],
    ["what cannot be read", { HOMING_RETENTION: "a month" }, "HOMING_RETENTION"],
    ["times in the wrong order", { HOMING_LEASE: "16s" }, "HOMING_LEASE"],
    ["an address where a name belongs", { HOMING_DOMAIN: "https://homing.example.com" }, "HOMING_DOMAIN"],
    ["a name without a domain", { HOMING_DOMAIN: "homing" }, "HOMING_DOMAIN"],
    ["whoever likes to", { HOMING_PORTAL_ORIGINS: "*" }, "HOMING_PORTAL_ORIGINS"],
    ["two addresses", { HOMING_ALARM_EMAIL: "a@example.com, b@example.com" }, "HOMING_ALARM_EMAIL"],
    ["the local stack's folder", { HOMING_DATA_DIR: "/data" }, "HOMING_DATA_DIR"],
    ["a key where there is a secret", { HOMING_OPERATOR_KEY: "x".repeat(24) }, "HOMING_OPERATOR_KEY"],
    ["an interval that the schedule sets", { HOMING_RECONCILE_INTERVAL: "5s" }, "HOMING_RECONCILE_INTERVAL"],
    ["what follows from others", { HOMING_VISIBILITY_TIMEOUT: "5m" }, "HOMING_VISIBILITY_TIMEOUT"],
    [
      "another server for the table",
      { AWS_ENDPOINT_URL_DYNAMODB: "http://localhost:8000" },
      "AWS_ENDPOINT_URL_DYNAMODB",
    ],
    [
      "another server for the queue",
      { AWS_ENDPOINT_URL_SQS: "http://localhost:9324" },
      "AWS_ENDPOINT_URL_SQS",
    ],
  ])("%s", (_, env: Record<string, string>, name) => {
    expect(() => production(env)).toThrow(SettingsError);
    expect(() => production(env)).toThrow(new RegExp(`^${name}\\b[^\\n]+$`));
  });

  test("no secret is shown", () => {
    expect(() => production({ HOMING_OPERATOR_KEY: "my-secret-key-of-24-chars" })).toThrow(
      /^(?!.*my-secret)/,
    );
  });
});

test("a variable that is set to nothing, as a workflow passes on one that nobody has set, counts as not set", () => {
  const names = [
    ...variablesOf("everywhere", "by the dashboard", "locally", "on AWS"),
    "AWS_ENDPOINT_URL_SQS",
  ];
  const nothingIsAValue = [
    "HOMING_RETRY_SCHEDULE",
    "HOMING_ALLOW_PRIVATE_TARGETS",
    "HOMING_ENDPOINT_DISABLE_AFTER",
  ];
  const env = Object.fromEntries(
    names.filter((name) => !nothingIsAValue.includes(name)).map((name) => [name, ""]),
  );
  expect(production(env)).toEqual(production());
});

test("the command line's own variables are nobody's business here", () => {
  expect(production({ HOMING_URL: "https://api.example.com", HOMING_KEY: "hk_x", PORT: "8080" })).toEqual(
    production(),
  );
});

test("a variable that cannot be used keeps nobody from unlocking or removing a stage", async () => {
  expect(await evaluateApp("ada", { HOMING_RETRY_SHEDULE: "5s", HOMING_LEASE: "soon" })).toEqual({
    name: "homing",
    home: "aws",
    ...stageLifetime("ada"),
  });
});
