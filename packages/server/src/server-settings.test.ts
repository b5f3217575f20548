import { SettingsError } from "@homing/core/settings";
import { describe, expect, it } from "vitest";
import { hostsOf } from "./hosts.ts";
import { loadServerSettings } from "./server-settings.ts";

describe("the environment of a server", () => {
  it("may be empty: loopback, its own folder, and nothing private delivered to", () => {
    const { settings, ...server } = loadServerSettings({});
    expect(server).toEqual({
      listen: "127.0.0.1",
      port: 3000,
      dataDir: ".homing-server",
      deliveries: 256,
      portalOrigins: [],
    });
    expect(settings.allowPrivateTargets).toEqual([]);
    expect(settings.queueDeadlineMs).toBe(15 * 60_000);
  });

  it("sets everything", () => {
    expect(
      loadServerSettings({
        PORT: "8080",
        HOMING_LISTEN: "0.0.0.0",
        HOMING_PUBLIC_URL: "https://homing.example.com",
        HOMING_DATA_DIR: "/var/lib/homing",
        HOMING_OPERATOR_KEY: "abcdefghijklmnopqrstuvwx",
        HOMING_DELIVERIES: "64",
        HOMING_METRICS_PORT: "9464",
        HOMING_PORTAL_ORIGINS: "https://app.example.com",
        HOMING_ALLOW_PRIVATE_TARGETS: "10.0.0.0/8",
      }),
    ).toMatchObject({
      port: 8080,
      listen: "0.0.0.0",
      publicUrl: new URL("https://homing.example.com"),
      dataDir: "/var/lib/homing",
      operatorKey: "abcdefghijklmnopqrstuvwx",
      deliveries: 64,
      metricsPort: 9464,
      portalOrigins: ["https://app.example.com"],
      settings: { allowPrivateTargets: ["10.0.0.0/8"] },
    });
  });

  it.each([
    ["HOMING_LISTEN", "localhost"],
    ["HOMING_PUBLIC_URL", "homing.example.com"],
    ["HOMING_PUBLIC_URL", "https://homing.example.com/api"],
    ["HOMING_PUBLIC_URL", "https://user:pw@homing.example.com"],
    ["HOMING_PORTAL_ORIGINS", "*"],
    ["HOMING_DATA_DIR", "memory"],
    ["HOMING_DATA_DIR", " "],
    ["HOMING_DELIVERIES", "0"],
    ["HOMING_DELIVERIES", "many"],
    ["HOMING_METRICS_PORT", "70000"],
    ["PORT", "http"],
    ["HOMING_OPERATOR_KEY", "short"],
  ])("is refused in one line that names %s when it is %j", (name, value) => {
    const load = () => loadServerSettings({ [name]: value });
    expect(load).toThrow(SettingsError);
    expect(load).toThrow(new RegExp(`^${name}: [^\\n]+$`));
  });

  it.each(["0.0.0.0", "::", "192.0.2.7", "[2001:db8::1]"])(
    "needs to say how it is called when it listens on %s",
    (listen) => {
      expect(() => loadServerSettings({ HOMING_LISTEN: listen })).toThrow(/^HOMING_PUBLIC_URL: /);
      const publicUrl = "https://homing.example.com";
      expect(
        loadServerSettings({ HOMING_LISTEN: listen, HOMING_PUBLIC_URL: publicUrl }).publicUrl?.host,
      ).toBe("homing.example.com");
    },
  );

  it.each(["127.0.0.1", "127.0.0.53", "::1", "[::1]"])("need not when it listens on %s", (listen) => {
    expect(loadServerSettings({ HOMING_LISTEN: listen }).listen).toBe(listen.replace(/[[\]]/g, ""));
  });
});

describe("the hosts that are answered", () => {
  const hosts = (env: Record<string, string>) => [...hostsOf(loadServerSettings(env), 3000)].sort();

  it("are loopback's own where nothing else is said", () => {
    expect(hosts({})).toEqual(["127.0.0.1:3000", "[::1]:3000", "localhost:3000"]);
  });

  it("are loopback's and the public one behind a reverse proxy on the same machine", () => {
    expect(hosts({ HOMING_PUBLIC_URL: "https://homing.example.com" })).toEqual([
      "127.0.0.1:3000",
      "[::1]:3000",
      "homing.example.com",
      "homing.example.com:443",
      "localhost:3000",
    ]);
  });

  it("are the public one alone where others can connect", () => {
    const env = { HOMING_LISTEN: "0.0.0.0", HOMING_PUBLIC_URL: "http://homing.internal:3000" };
    expect(hosts(env)).toEqual(["homing.internal:3000"]);
  });
});
