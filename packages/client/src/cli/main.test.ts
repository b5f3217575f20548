import { describe, expect, it } from "vitest";
import { connectionOf } from "./connection.ts";
import { HOMING, KEYS } from "./lines.ts";
import { stageEnvironment, stageOf } from "./stage.ts";
import { runInProcess } from "./testing-terminal.ts";

const ENV = { HOMING_URL: "http://127.0.0.1:1", HOMING_KEY: "a key" };
const homing = (...args: string[]) => runInProcess(HOMING, args, ENV);
const keys = (...args: string[]) => runInProcess(KEYS, args, ENV);

describe("a wrong command line is explained, with exit code 2 and nothing on standard output", () => {
  it.each<[string, string[], RegExp]>([
    ["nothing", [], /homing send/],
    ["a command nobody knows", ["sned"], /there is no "sned"/],
    ["a name that every object has", ["constructor"], /there is no "constructor"/],
    ["an option nobody knows", ["list", "--colour"], /homing list: .*colour/],
    ["no URL", ["send"], /URL is missing/],
    ["two URLs", ["send", "http://a", "http://b"], /Only one url/],
    ["a body that is no JSON", ["send", "http://a", "-d", "{"], /is not JSON/],
    ["two bodies", ["send", "http://a", "-d", "1", "--text", "2"], /Give one of/],
    ["a file that is not there", ["send", "http://a", "--file", "/nowhere"], /cannot be read/],
    ["half a header", ["send", "http://a", "-H", "x"], /not a name, : and a value/],
    ["a wait that is no time", ["send", "http://a", "--wait", "soon"], /not a duration/],
    ["a status nobody knows", ["list", "--status", "lost"], /is none of PENDING/],
    ["a limit of nothing", ["list", "--limit", "0"], /whole number above 0/],
    ["no message", ["retry"], /Message id is missing/],
    ["an address that is none", ["stats", "--url", "nowhere"], /is not a URL/],
  ])("homing: %s", async (_what, args, explanation) => {
    const { code, out, err } = await homing(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(explanation);
  });

  it.each<[string, string[], RegExp]>([
    ["no sender", ["create", "--scopes", "send"], /--sender is missing/],
    ["no scopes", ["create", "--sender", "a"], /one or more of send,read,operate/],
    ["a scope nobody knows", ["create", "--sender", "a", "--scopes", "all"], /one or more of/],
    ["no key", ["revoke"], /Key id is missing/],
    ["no sender to rotate", ["rotate"], /Sender is missing/],
  ])("npm run keys: %s", async (_what, args, explanation) => {
    const { code, out, err } = await keys(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(explanation);
  });
});

it.each([HOMING, KEYS])("$name explains itself and every command", async (line) => {
  const { code, out } = await runInProcess(line, ["--help"], {});
  expect([code, out]).toEqual([0, expect.stringContaining("Exit codes: 0")]);
  for (const command of Object.keys(line.commands)) {
    expect(out).toContain(`${line.name} ${command}`);
    const help = await runInProcess(line, [command, "--help"], {});
    expect([help.code, help.out]).toEqual([0, expect.stringContaining(`${line.name} ${command}`)]);
  }
});

it("an API that cannot be reached is worth repeating: exit code 3", async () => {
  const { code, out, err } = await homing("cancel", "msg_1");
  expect([code, out]).toEqual([3, ""]);
  expect(err).toMatch(/^homing cancel: Homing at http:\/\/127\.0\.0\.1:1 cannot be reached\.\n$/);
});

describe("where the command line looks", () => {
  it("is what it is told, then the environment, then the local stack", () => {
    const env = { HOMING_URL: "https://api.example.com", HOMING_KEY: "k", HOMING_OPERATOR_KEY: "o" };
    expect(connectionOf(env, "http://127.0.0.1:4000")).toEqual({ url: "http://127.0.0.1:4000", key: "k" });
    expect(connectionOf(env, undefined).url).toBe("https://api.example.com");
    expect(connectionOf({ HOMING_OPERATOR_KEY: "o", PORT: "4001" }, undefined)).toEqual({
      url: "http://127.0.0.1:4001",
      key: "o",
    });
    expect(() => connectionOf({ HOMING_DATA_DIR: "/nowhere" }, undefined)).toThrow(/^No key: set HOMING_KEY/);
  });

  it("is a deployed stage under sst shell, by its links", () => {
    expect(stageOf(["list", "--stage", "production"])).toBe("production");
    expect(stageOf(["--stage=dev", "list"])).toBe("dev");
    expect(stageOf(["list"])).toBeUndefined();
    expect(stageEnvironment({})).toBeUndefined();
    expect(
      stageEnvironment({
        SST_RESOURCE_HomingApi: '{"url":"https://api.example.com","type":"sst.sst.Linkable"}',
        SST_RESOURCE_HomingOperatorKey: '{"value":"the operator key","type":"sst.sst.Secret"}',
      }),
    ).toEqual({ HOMING_URL: "https://api.example.com", HOMING_KEY: "the operator key" });
  });
});
