import { SettingsError } from "@homing/core/settings";
import { describe, expect, test } from "vitest";
import { loadLocalSettings } from "./local-settings.ts";

const AWS = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

describe("the environment of a local stack", () => {
  test("may be empty", () => {
    const { settings, ...local } = loadLocalSettings({});
    expect(local).toEqual({ port: 3000, dataDir: ".homing", portalOrigins: [] });
    expect(settings.queueDeadlineMs).toBe(60_000);
    expect(settings.reconcileIntervalMs).toBe(5_000);
    expect(settings.allowPrivateTargets).toEqual(["127.0.0.0/8", "::1/128"]);
  });

  test("counts as empty where a variable is set to nothing, as compose files do", () => {
    const names = ["PORT", "HOMING_DATA_DIR", "HOMING_OPERATOR_KEY", "HOMING_LEASE", "HOMING_RETENTION"];
    const endpoints = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS"];
    const env = Object.fromEntries([...names, ...endpoints].map((name) => [name, ""]));
    expect(loadLocalSettings(env)).toEqual(loadLocalSettings({}));
  });

  test("sets everything", () => {
    const local = loadLocalSettings({
      ...AWS,
      PORT: "8080",
      HOMING_DATA_DIR: "memory",
      HOMING_OPERATOR_KEY: "abcdefghijklmnopqrstuvwx",
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:8000",
      AWS_ENDPOINT_URL_SQS: "https://localhost.localstack.cloud:4566",
      HOMING_DELIVERY_TIMEOUT: "3s",
      HOMING_PORTAL_ORIGINS: "https://app.example.com",
    });
    expect(local).toMatchObject({
      port: 8080,
      dataDir: "memory",
      portalOrigins: ["https://app.example.com"],
      operatorKey: "abcdefghijklmnopqrstuvwx",
      dynamodbEndpoint: "http://127.0.0.1:8000",
      sqsEndpoint: "https://localhost.localstack.cloud:4566",
    });
    expect(local.settings.deliveryTimeoutMs).toBe(3_000);
  });

  test("can name one external server and leave the other embedded", () => {
    const local = loadLocalSettings({ ...AWS, AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:9324" });
    expect(local.sqsEndpoint).toBe("http://127.0.0.1:9324");
    expect(local).not.toHaveProperty("dynamodbEndpoint");
  });

  test("takes any operator key that fits a header, spaces in it included", () => {
    const key = "correct horse battery staple";
    expect(loadLocalSettings({ HOMING_OPERATOR_KEY: key }).operatorKey).toBe(key);
  });

  test("takes PORT=0 for any free port", () => {
    expect(loadLocalSettings({ PORT: "0" }).port).toBe(0);
  });
});

describe("one line names the variable that cannot be used:", () => {
  const EXTERNAL = { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:8000" };
  test.each([
    [{ PORT: "http" }, "PORT"],
    [{ PORT: "65536" }, "PORT"],
    [{ PORT: "-1" }, "PORT"],
    [{ HOMING_DATA_DIR: " " }, "HOMING_DATA_DIR"],
    [{ HOMING_OPERATOR_KEY: "abcdefghijklmnopqrstuvw" }, "HOMING_OPERATOR_KEY"],
    [{ HOMING_OPERATOR_KEY: " abcdefghijklmnopqrstuvwxyz" }, "HOMING_OPERATOR_KEY"],
    [{ HOMING_OPERATOR_KEY: "abcdefghijklm\nopqrstuvwxyz" }, "HOMING_OPERATOR_KEY"],
    [{ ...AWS, AWS_ENDPOINT_URL_DYNAMODB: "127.0.0.1:8000" }, "AWS_ENDPOINT_URL_DYNAMODB"],
    [{ ...AWS, ...EXTERNAL, AWS_REGION: undefined }, "AWS_REGION"],
    [{ ...AWS, ...EXTERNAL, AWS_ACCESS_KEY_ID: "" }, "AWS_ACCESS_KEY_ID"],
    [{ ...AWS, ...EXTERNAL, AWS_SECRET_ACCESS_KEY: undefined }, "AWS_SECRET_ACCESS_KEY"],
    [{ HOMING_LEASE: "10s" }, "HOMING_LEASE"],
    [{ HOMING_LEASE: "180s" }, "HOMING_LEASE"],
  ])("%j", (env, name) => {
    const load = () => loadLocalSettings(env);
    expect(load).toThrow(SettingsError);
    expect(load).toThrow(new RegExp(`^${name}\\b[^\\n]+$`));
  });

  test("without giving away a key", () => {
    expect(() => loadLocalSettings({ HOMING_OPERATOR_KEY: "too-short" })).toThrow(/^(?!.*too-short)/);
  });
});
