import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, LOCAL_DEFAULTS, loadSettings, SettingsError } from "./settings.ts";

const VISIBILITY = 180_000;
const load = (env: Record<string, string> = {}, defaults = DEFAULT_SETTINGS) =>
  loadSettings(env, defaults, VISIBILITY);

describe("the settings", () => {
  it("on AWS are these without a variable", () => {
    expect(load()).toEqual({
      retryScheduleMs: [
        5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
      ],
      deliveryTimeoutMs: 15_000,
      leaseMs: 60_000,
      queueDeadlineMs: 900_000,
      sendBudgetMs: 5_000,
      retentionMs: 2_592_000_000,
      reconcileIntervalMs: 60_000,
      allowPrivateTargets: [],
      endpointDisableAfterMs: 432_000_000,
      failingGate: false,
      shards: 4,
    });
  });

  it("differ locally in the queue deadline, the reconciler's interval and the targets let through", () => {
    expect(load({}, LOCAL_DEFAULTS)).toEqual({
      ...load(),
      queueDeadlineMs: 60_000,
      reconcileIntervalMs: 5_000,
      allowPrivateTargets: ["127.0.0.0/8", "::1/128"],
    });
  });

  it("come from the environment", () => {
    expect(
      load({
        HOMING_RETRY_SCHEDULE: "1s, 250ms,2m",
        HOMING_DELIVERY_TIMEOUT: "3s",
        HOMING_LEASE: "5s",
        HOMING_QUEUE_DEADLINE: "2m",
        HOMING_SEND_BUDGET: "1s",
        HOMING_RETENTION: "15d",
        HOMING_RECONCILE_INTERVAL: "1s",
        HOMING_ALLOW_PRIVATE_TARGETS: "10.0.0.0/8, fd00::/8",
        HOMING_ENDPOINT_DISABLE_AFTER: "2d",
        HOMING_FAILING_GATE: "on",
        HOMING_SHARDS: "64",
      }),
    ).toEqual({
      retryScheduleMs: [1_000, 250, 120_000],
      deliveryTimeoutMs: 3_000,
      leaseMs: 5_000,
      queueDeadlineMs: 120_000,
      sendBudgetMs: 1_000,
      retentionMs: 1_296_000_000,
      reconcileIntervalMs: 1_000,
      allowPrivateTargets: ["10.0.0.0/8", "fd00::/8"],
      endpointDisableAfterMs: 172_800_000,
      failingGate: true,
      shards: 64,
    });
  });

  it("hold nothing behind a gate that is off, and refuse what is neither on nor off", () => {
    expect(load({ HOMING_FAILING_GATE: "off" }).failingGate).toBe(false);
    expect(load({ HOMING_FAILING_GATE: "" }).failingGate).toBe(false);
    expect(() => load({ HOMING_FAILING_GATE: "true" })).toThrow(
      'HOMING_FAILING_GATE: "true" is neither on nor off.',
    );
  });

  it("with nothing for the time after which endpoints are disabled disable none", () => {
    expect(load({ HOMING_ENDPOINT_DISABLE_AFTER: "" })).not.toHaveProperty("endpointDisableAfterMs");
  });

  it("with an empty schedule allow one attempt, with empty ranges no private target", () => {
    const settings = load({ HOMING_RETRY_SCHEDULE: "", HOMING_ALLOW_PRIVATE_TARGETS: "" }, LOCAL_DEFAULTS);
    expect(settings.retryScheduleMs).toEqual([]);
    expect(settings.allowPrivateTargets).toEqual([]);
  });

  it("that are set to nothing count as not set", () => {
    const names = [
      "DELIVERY_TIMEOUT",
      "LEASE",
      "QUEUE_DEADLINE",
      "SEND_BUDGET",
      "RETENTION",
      "RECONCILE_INTERVAL",
      "SHARDS",
    ];
    expect(load(Object.fromEntries(names.map((name) => [`HOMING_${name}`, ""])))).toEqual(load());
  });

  it.each([
    ["HOMING_DELIVERY_TIMEOUT", "15"],
    ["HOMING_LEASE", "0s"],
    ["HOMING_QUEUE_DEADLINE", "1.5m"],
    ["HOMING_SEND_BUDGET", "-1s"],
    ["HOMING_RECONCILE_INTERVAL", "soon"],
    ["HOMING_RETENTION", "30 d"],
    ["HOMING_RETENTION", "14d"],
    ["HOMING_SEND_BUDGET", "21s"],
    ["HOMING_RETRY_SCHEDULE", "5s,,5m"],
    ["HOMING_RETRY_SCHEDULE", "5s;5m"],
    ["HOMING_SHARDS", "3"],
    ["HOMING_SHARDS", "257"],
    ["HOMING_SHARDS", "08"],
    ["HOMING_SHARDS", "8.0"],
    ["HOMING_RETRY_SCHEDULE", "60d,60d"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "10.0.0.1"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "localhost/8"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "10.0.0.0/33"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "999.0.0.0/8"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "::1/129"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "10/8"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "010.0.0.0/8"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "0x7f000001/8"],
    ["HOMING_ALLOW_PRIVATE_TARGETS", "fe80::1%eth0/64"],
  ])("refuse %s=%j in one line that names it", (name, text) => {
    let error: unknown;
    try {
      load({ [name]: text });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toMatch(new RegExp(`^[^\\n]*${name}[^\\n]*$`));
  });

  it("refuse a lease that a request could outlive: delivery timeout + 2 s ≤ lease", () => {
    expect(() => load({ HOMING_LEASE: "16999ms" })).toThrow(SettingsError);
    expect(load({ HOMING_LEASE: "17s" }).leaseMs).toBe(17_000);
    expect(() => load({ HOMING_DELIVERY_TIMEOUT: "59s" })).toThrow(/HOMING_LEASE/);
  });

  it("refuse a lease that the queue's visibility could end under: lease < visibility timeout", () => {
    expect(() => load({ HOMING_LEASE: "180s" })).toThrow(/HOMING_LEASE.*180s/);
    expect(load({ HOMING_LEASE: "179s" }).leaseMs).toBe(179_000);
  });

  // A payload lives for 30 days and the retention; a week of that may pass with sends that fail.
  it("refuse a schedule that outlasts the payload: each delay a tenth longer, or a day for Retry-After", () => {
    const most = (53 * 86_400_000) / 1.1;
    expect(load({ HOMING_RETRY_SCHEDULE: `${Math.floor(most)}ms` }).retryScheduleMs).toHaveLength(1);
    expect(() => load({ HOMING_RETRY_SCHEDULE: `${Math.ceil(most) + 1}ms` })).toThrow(
      /HOMING_RETRY_SCHEDULE/,
    );
    const seconds = (count: number) => Array(count).fill("1s").join(",");
    expect(load({ HOMING_RETRY_SCHEDULE: seconds(48) }).retryScheduleMs).toHaveLength(48);
    expect(() => load({ HOMING_RETRY_SCHEDULE: seconds(49) })).toThrow(/HOMING_RETRY_SCHEDULE/);
    expect(load({ HOMING_RETRY_SCHEDULE: seconds(49), HOMING_RETENTION: "40d" }).retentionMs).toBe(
      40 * 86_400_000,
    );
  });
});
