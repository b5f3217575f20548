import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    ["one header twice", ["send", "http://a", "-H", "x-a: 1", "-H", "X-A: 2"], /"X-A" is given twice/],
    ["one name of metadata twice", ["send", "http://a", "-m", "a=1", "-m", "a=2"], /"a" is given twice/],
    ["an option twice", ["send", "http://a", "--text", "1", "--text", "2"], /--text can be given once only/],
    [
      "an option twice, once short",
      ["send", "http://a", "-d", "1", "--data", "2"],
      /--data can be given once/,
    ],
    [
      "a delivery at no time",
      ["send", "http://a", "--deliver-at", "tomorrow"],
      /--deliver-at: .*neither a time/,
    ],
    [
      "a delivery by no time",
      ["send", "http://a", "--deliver-by", "12:00"],
      /--deliver-by: .*neither a time/,
    ],
    ["a time beyond all calendars", ["send", "http://a", "--deliver-at", "200000000d"], /neither a time/],
    ["a wait beyond all numbers", ["send", "http://a", "--wait", "999999999999999d"], /not a duration/],
    [
      "since yesterday",
      ["list", "--since", "yesterday"],
      /--since: "yesterday" is neither a time .* two hours ago/,
    ],
    ["until a day without a time", ["list", "--until", "2026-12-24"], /--until: .*neither a time/],
    ["a retry since yesterday", ["retry", "--all", "--since", "yesterday"], /--since: .*neither a time/],
    [
      "a key that no header carries",
      ["send", "http://a", "--idempotency-key", "ключ"],
      /idempotency key holds/,
    ],
    ["an address without its scheme", ["stats", "--url", "localhost:3000"], /is not a URL such as http:/],
    ["an address of something else", ["stats", "--url", "ftp://localhost"], /is not a URL such as http:/],
    ["an address with a user", ["stats", "--url", "http://user:secret@a"], /neither a user, nor a query/],
    ["an address with a query", ["stats", "--url", "http://a/?key=1"], /neither a user, nor a query/],
    ["two URLs", ["send", "http://a", "http://b"], /Only one url/],
    ["a body that is no JSON", ["send", "http://a", "-d", "{"], /is not JSON/],
    ["two bodies", ["send", "http://a", "-d", "1", "--text", "2"], /Give one of/],
    ["a file that is not there", ["send", "http://a", "--file", "/nowhere"], /cannot be read/],
    ["half a header", ["send", "http://a", "-H", "x"], /not a name, : and a value/],
    ["a wait that is no time", ["send", "http://a", "--wait", "soon"], /not a duration/],
    ["a status nobody knows", ["list", "--status", "lost"], /is none of PENDING/],
    ["a limit of nothing", ["list", "--limit", "0"], /whole number above 0/],
    ["a filter for one message", ["retry", "msg_1", "--since", "1d"], /--since can be used with --all only/],
    ["no question for one message", ["retry", "msg_1", "--yes"], /--yes can be used with --all only/],
    ["a message and all", ["retry", "msg_1", "--all"], /"msg_1" cannot be used here/],
    ["no message", ["retry"], /Message id is missing/],
    [
      "a status for one message",
      ["cancel", "msg_1", "--status", "QUEUED"],
      /--status can be used with --all/,
    ],
    ["a message and all to cancel", ["cancel", "msg_1", "--all"], /"msg_1" cannot be used here/],
    ["what is delivered", ["cancel", "--all", "--status", "PROCESSING"], /neither PENDING nor QUEUED/],
    ["a reason of what has not failed", ["cancel", "--all", "--failure-reason", "EXPIRED"], /failure-reason/],
    [
      "a form of output nobody knows",
      ["stats", "--output", "yaml"],
      /--output: "yaml" is none of table, json/,
    ],
    ["two forms of output", ["stats", "--json", "-o", "table"], /--json is ndjson/],
    ["a document that never ends", ["tail", "-o", "json"], /would never end/],
    ["an address that is none", ["stats", "--url", "nowhere"], /is not a URL/],
  ])("homing: %s", async (_what, args, explanation) => {
    const { code, out, err } = await homing(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(explanation);
  });

  it.each<[string, string[], RegExp]>([
    ["no sender", ["create", "--scopes", "send"], /--sender is missing/],
    ["no scopes", ["create", "--sender", "a"], /one or more of send,read,endpoints,operate/],
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

describe("what is read as a body", () => {
  const latin1 = Buffer.from('{"name":"Müller"}', "latin1");

  it("is UTF-8 or refused, from standard input and from a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "homing-cli-"));
    await writeFile(join(folder, "latin1.json"), latin1);
    const read = await runInProcess(HOMING, ["send", "http://a", "-d", "-"], ENV, latin1);
    const opened = await homing("send", "http://a", "--file", join(folder, "latin1.json"));
    await rm(folder, { recursive: true });
    expect([read.code, read.err]).toEqual([2, expect.stringContaining("standard input: is not UTF-8")]);
    expect([opened.code, opened.err]).toEqual([2, expect.stringContaining("latin1.json: is not UTF-8")]);
  });

  it("may begin with a byte order mark, as at the API", async () => {
    const document = Buffer.from('\ufeff{"a":1}', "utf8");
    const { code, err } = await runInProcess(HOMING, ["send", "http://a", "-d", "-"], ENV, document);
    // Nothing listens at this URL: the call was made.
    expect([code, err]).toEqual([3, expect.stringContaining("cannot be reached")]);
  });
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

  it("passes over a variable that is set to nothing, as the stack does", async () => {
    const unset = { HOMING_URL: "", PORT: "", HOMING_KEY: "", HOMING_OPERATOR_KEY: "" };
    const folder = await mkdtemp(join(tmpdir(), "homing-cli-"));
    await writeFile(join(folder, "operator-key"), "the stack's own\n");
    const env = { ...unset, HOMING_DATA_DIR: folder };
    expect(connectionOf(env, undefined)).toEqual({ url: "http://127.0.0.1:3000", key: "the stack's own" });
    expect(connectionOf({ ...unset, HOMING_OPERATOR_KEY: "o", PORT: "4001" }, undefined)).toEqual({
      url: "http://127.0.0.1:4001",
      key: "o",
    });
    await rm(folder, { recursive: true });
  });

  it.each([
    ["http://127.0.0.1:3000/v1", "http://127.0.0.1:3000"],
    ["https://api.example.com/v1/", "https://api.example.com"],
    ["https://api.example.com//", "https://api.example.com"],
    ["https://example.com/homing/v1", "https://example.com/homing"],
    ["HTTPS://Example.com", "https://example.com"],
  ])("%s is understood as it is printed in documents", (url, origin) => {
    expect(connectionOf({ HOMING_KEY: "k", HOMING_URL: url }, undefined).url).toBe(origin);
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
