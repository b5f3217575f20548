/** The command lines on Homing as it runs, as processes of their own and in this one. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Installation, KEY, startInstallation } from "@homing/local/testing/installation";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOMING, KEYS } from "./lines.ts";
import { type Ended, runInProcess } from "./testing-terminal.ts";

const CLI = fileURLToPath(new URL("./cli.ts", import.meta.url));
/** What JavaScript writes in another way. */
const WRITTEN = '{"n":12345678901234567890,"10":1.0,"9":"\\u0041"}';
const KEYS_SCRIPT = fileURLToPath(new URL("./keys.ts", import.meta.url));

let installation: Installation;
let receiver: Receiver;
beforeAll(async () => {
  installation = await startInstallation({ HOMING_RETRY_SCHEDULE: "" });
  receiver = await startReceiver((response, { path }) => {
    response.statusCode = path.startsWith("/bad") ? 500 : 200;
    response.end();
  });
});
afterAll(async () => {
  await receiver.close();
  await installation.stop();
});

const environment = (env: Record<string, string> = {}): Record<string, string> => ({
  HOMING_URL: installation.url,
  HOMING_KEY: KEY,
  ...env,
});
const homing = (...args: string[]) => runInProcess(HOMING, args, environment());
const keys = (...args: string[]) => runInProcess(KEYS, args, environment());

/** As a process of its own. */
async function spawned(
  script: string,
  args: readonly string[],
  own = environment(),
  cwd?: string,
): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? "", ...own };
  const child = spawn(process.execPath, [script, ...args], { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? -1)));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

const jsonLines = ({ out }: Pick<Ended, "out">) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("homing", () => {
  it("sends, waits for the delivery and tells the message's story", async () => {
    const sent = await homing(
      "send",
      `${receiver.url}/ok?secret=1`,
      "--data",
      WRITTEN,
      "-H",
      "x-shop: 7",
      "-m",
      "order=42",
      "--wait",
      "20s",
      "--json",
    );
    expect([sent.code, sent.err]).toEqual([0, ""]);
    const [message] = jsonLines(sent);
    expect(message).toMatchObject({
      status: "COMPLETED",
      headers: { "x-shop": "7" },
      metadata: { order: "42" },
    });
    expect(receiver.received.at(-1)?.body).toBe(WRITTEN);
    expect(sent.out).toContain(`"body":${WRITTEN}`);

    const story = (await homing("get", message.messageId)).out;
    expect(story).toContain("PENDING → QUEUED  ENQUEUED");
    expect(story).toContain("order: 42");
    // As it was sent: numbers keep their digits, names their order.
    expect(story).toContain(`\n  ${WRITTEN}\n`);
    expect((await homing("get", message.messageId, "--json")).out).toContain(`"body":${WRITTEN}`);
    expect(story.split("\n")[0]).not.toContain("secret");
    for (const part of [
      `${receiver.url}/ok?secret=1`,
      "answer to attempt 1: 200",
      "  connection: keep-alive",
    ])
      expect(story).toContain(part);
  });

  it("delivers a body from standard input byte for byte, without its byte order mark", async () => {
    const written = '{"b":1,"n":1.50,"a":"é"}';
    const args = ["send", `${receiver.url}/ok`, "-d", "-", "--wait", "20s"];
    const { code } = await runInProcess(HOMING, args, environment(), `\ufeff${written}`);
    expect([code, receiver.received.at(-1)?.body]).toEqual([0, written]);
  });

  it("says so when a wait runs out", async () => {
    const args = ["send", receiver.url, "--deliver-at", "10m", "--wait", "1ms"];
    const { code, out, err } = await homing(...args);
    expect([code, out]).toEqual([3, expect.stringContaining("PENDING")]);
    const messageId = /msg_\w{26}/.exec(out)?.[0];
    expect(err).toBe(
      `Not finished after 0.001 s: it is PENDING still. homing get ${messageId} shows what becomes of it.\n`,
    );
    const { createdAt, deliverAt } = jsonLines(await homing("get", `${messageId}`, "--json"))[0];
    // Ten minutes after the command line has read its clock, and that was before the message was accepted.
    expect(Date.parse(createdAt) + 600_000 - Date.parse(deliverAt)).toBeGreaterThanOrEqual(0);
    await homing("cancel", `${messageId}`);
  });

  it("says by its exit code what became of a message, and retries it", async () => {
    const failed = await homing("send", `${receiver.url}/bad`, "--text", "x", "--wait", "20s", "--json");
    expect([failed.code, jsonLines(failed)[0].status]).toEqual([1, "FAILED"]);
    const { messageId } = jsonLines(failed)[0];
    const listed = jsonLines(await homing("list", "--status", "failed", "--since", "1h", "--json"));
    expect(listed.map((item) => item.messageId)).toEqual([messageId]);
    expect((await homing("retry", messageId)).out).toBe(`${messageId}  QUEUED\n`);
    const conflict = await homing("cancel", "msg_00000000000000000000000000");
    expect([conflict.code, conflict.out]).toEqual([1, ""]);
    expect(conflict.err).toMatch(/^homing cancel: Not found: .*\(correlation id [\w-]+\)\n$/);
    expect((await homing("retry", "--all", "--target", "nobody.example")).out).toBe("0 retried, 0 skipped\n");
  });

  it("sends the same thing once under the same key, and schedules and cancels", async () => {
    const args = ["send", `${receiver.url}/once`, "--idempotency-key", "cli-1", "--sender", "acme"];
    const [first, second] = [await homing(...args), await homing(...args)];
    expect(second.out.trim().split("  ")).toEqual([
      first.out.split("  ")[0],
      expect.any(String),
      "sent before",
    ]);
    const later = await homing(
      "send",
      receiver.url,
      "--deliver-at",
      new Date(Date.now() + 3_600_000).toISOString(),
      "--json",
    );
    expect((await homing("cancel", jsonLines(later)[0].messageId)).out).toMatch(/CANCELLED\n$/);
    expect((await homing("stats")).out).toMatch(/^CANCELLED +\d+$/m);
    expect(jsonLines(await homing("stats", "--json"))[0].counts).toBeDefined();
    expect((await homing("list", "--sender", "nobody")).err).toBe("Nothing.\n");
  });

  it("follows messages live until it is ended", async () => {
    const args = [CLI, "tail", "--json", "--interval", "50ms", "--sender", "tailed"];
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH ?? "", ...environment() } });
    let out = "";
    const seen = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk) => {
        out += chunk;
        if (out.includes("COMPLETED")) resolve();
      });
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    // Again and again: the follower takes a moment to start, and what was there before is no news.
    const sending = setInterval(() => void homing("send", receiver.url, "--sender", "tailed"), 200);
    await seen;
    clearInterval(sending);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    const lines = jsonLines({ out });
    expect(lines.every(({ senderId }) => senderId === "tailed")).toBe(true);
    expect(lines.at(-1)).not.toHaveProperty("body");
  });

  it("says 1 for what is refused", async () => {
    const refused = await homing("send", "ftp://example.com");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("targetUrl")]);
    const unauthorized = await runInProcess(HOMING, ["stats"], environment({ HOMING_KEY: "hk_wrong" }));
    expect([unauthorized.code, unauthorized.err]).toEqual([
      1,
      expect.stringContaining("A valid key is needed"),
    ]);
  });
});

describe("npm run keys", () => {
  it("creates a key that works, lists it, rotates its sender and revokes it", async () => {
    const created = await keys(
      "create",
      "--sender",
      "acme-cli",
      "--scopes",
      "send,read",
      "--name",
      "billing",
      "--json",
    );
    expect(created.code).toBe(0);
    const [key] = jsonLines(created);
    expect(key).toMatchObject({ senderId: "acme-cli", scopes: ["send", "read"], name: "billing" });
    expect((await runInProcess(HOMING, ["list"], environment({ HOMING_KEY: key.key }))).code).toBe(0);
    expect((await keys("list")).out).toMatch(
      new RegExp(`^${key.keyId}  acme-cli  send,read  .*  billing$`, "m"),
    );
    const rotated = await keys("rotate", "acme-cli");
    expect(rotated.out).toMatch(/^whsec_\S+\n$/);
    expect(rotated.out.trim()).not.toBe(key.signingSecret);
    expect((await keys("revoke", key.keyId)).out).toContain("revoked");
  });

  it("prints secrets on standard output and everything else beside it", async () => {
    const { out, err } = await keys("create", "--sender", "plain-cli", "--scopes", "send");
    expect(out).toMatch(/^hk_\S+\nwhsec_\S+\n$/);
    expect(err).toContain("shown this once");
  });
});

it("both run as they are called: as a process, with its exit code and its two outputs", async () => {
  const sent = await spawned(CLI, ["send", receiver.url, "--text", "hello"]);
  expect([sent.code, sent.out, sent.err]).toEqual([0, expect.stringMatching(/^msg_\w{26} {2}QUEUED\n$/), ""]);
  const refused = await spawned(KEYS_SCRIPT, ["revoke", "0000000000"]);
  expect([refused.code, refused.out, refused.err]).toEqual([1, "", expect.stringContaining("Not found")]);
});

it("finds the stack of its folder though every variable is set to nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "homing-cli-"));
  await mkdir(join(folder, ".homing"));
  await writeFile(join(folder, ".homing", "operator-key"), `${KEY}\n`);
  const unset = { HOMING_URL: "", HOMING_KEY: "", HOMING_OPERATOR_KEY: "", HOMING_DATA_DIR: "" };
  const found = await spawned(CLI, ["stats"], { ...unset, PORT: new URL(installation.url).port }, folder);
  await rm(folder, { recursive: true });
  expect([found.code, found.err]).toEqual([0, ""]);
});
