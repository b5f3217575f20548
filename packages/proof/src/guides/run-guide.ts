/**
 * Reads a guide as its reader would, in one language: types its programs one after the other, starts in another terminal
 * what is to be started there, and lets what is on its way arrive before going on.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { HomingClient } from "@homing/client/source/homing-client";
import { type Guide, type Language, ROOT, typedIn } from "./guide-programs.ts";

export interface Surroundings {
  readonly url: string;
  readonly key: string;
  /** Where programs in TypeScript find `@homing/client`; any other folder will do for the others. */
  readonly folder?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Told {
  /** What each step printed. */
  readonly printed: readonly string[];
  readonly errors: string;
  readonly exitCode: number | null;
}

/** The ports that the guides name: of the receiver, and one where nothing listens. */
const RECEIVER_PORT = "127.0.0.1:4000";
const SILENT_PORT = "127.0.0.1:4001";
const COMMANDS: Readonly<Record<Language, string>> = { sh: "bash", ts: process.execPath, python: "python" };
const NAMES: Readonly<Record<Language, string>> = { sh: "guide.sh", ts: "guide.ts", python: "guide.py" };
const MARK = "== what follows is of step ";

export async function runGuide(guide: Guide, language: Language, given: Surroundings): Promise<Told> {
  const folder = given.folder ?? (await mkdtemp(join(tmpdir(), "homing-guide-")));
  const ports = { receiver: await freePort(), silent: await freePort() };
  const adapt = (code: string) =>
    code
      .replaceAll("http://127.0.0.1:3000", given.url)
      .replaceAll("hk_…", given.key)
      .replaceAll(RECEIVER_PORT, `127.0.0.1:${ports.receiver}`)
      .replaceAll(SILENT_PORT, `127.0.0.1:${ports.silent}`)
      .replaceAll(/(?<=--port |listen\(|", )4000\b/g, String(ports.receiver));
  const env = { HOMING_KEY: given.key, HOMING_URL: given.url, ...given.env };
  const beside = new Beside(ports.receiver);
  let stdout = "";
  let stderr = "";

  /** Called between two steps. */
  const pause = async (next: number) => {
    await settled(given);
    const program = programAt(guide, next, language);
    if (program?.use === "file") await writeFile(join(folder, program.fileName), adapt(program.code));
    if (program?.use !== "beside") return;
    const secret = program.code.includes("whsec_…") ? await newestSecret(given) : "";
    const cwd = program.code.includes("packages/") ? ROOT : folder;
    await beside.start(adapt(program.code).replaceAll("whsec_…", secret), { cwd, env });
  };
  const helper = createServer(async (request, response) => {
    const [, what = "", which = ""] = (request.url ?? "").split("/");
    try {
      if (what === "pause") await pause(Number(which));
      response.end(what === "last" ? newestOf(stdout, which) : "");
    } catch (error) {
      stderr += `${error}\n`;
      response.writeHead(500).end();
    }
  });
  helper.listen(0, "127.0.0.1");
  await once(helper, "listening");
  const helperUrl = `http://127.0.0.1:${(helper.address() as AddressInfo).port}`;

  try {
    const steps = typedIn(guide, language).map(
      (code, step) =>
        `${pauseIn(language, `${helperUrl}/pause/${step}`, step)}\n${filledIn(adapt(code), helperUrl)}`,
    );
    const end = pauseIn(language, `${helperUrl}/pause/${steps.length}`, steps.length);
    await writeFile(join(folder, NAMES[language]), [...steps, end].join("\n"));
    const running = spawn(COMMANDS[language], [NAMES[language]], { cwd: folder, env });
    running.stdout.on("data", (data) => {
      stdout += data;
    });
    running.stderr.on("data", (data) => {
      stderr += data;
    });
    const [exitCode] = await once(running, "close");
    const printed = stdout.split(MARK).slice(1);
    return { printed: printed.map((text) => text.replace(/^\d+\n/, "")), errors: stderr, exitCode };
  } finally {
    await beside.end();
    helper.closeAllConnections();
    helper.close();
    if (given.folder === undefined) await rm(folder, { recursive: true });
  }
}

/** A shell's reader has no other receiver than one in a language, where the page shows none for the shell. */
function programAt(guide: Guide, step: number, language: Language) {
  const programs = guide.steps[step]?.programs;
  const shown = programs?.[language] ?? (language === "sh" ? programs?.ts : undefined);
  return shown?.use === "typed" ? undefined : shown;
}

function pauseIn(language: Language, url: string, step: number): string {
  if (language === "sh") return `curl -fsS ${url} && printf '%s\\n' '${MARK}${step}'`;
  if (language === "ts")
    return `if (!(await fetch("${url}")).ok) throw new Error("The step before did not settle.");\nconsole.log("${MARK}${step}");`;
  return `__import__("urllib.request").request.urlopen("${url}").read()\nprint("${MARK}${step}", flush=True)`;
}

/** `MESSAGE_ID=msg_…` is what the reader copies from what was printed. */
function filledIn(code: string, helperUrl: string): string {
  return code.replaceAll(/^(\w+)=(msg|evt|ep|whsec)_…/gm, `$1=$(curl -fsS ${helperUrl}/last/$2)`);
}

function newestOf(printed: string, prefix: string): string {
  return printed.match(new RegExp(`\\b${prefix}_[\\w+/]+=*`, "g"))?.at(-1) ?? "";
}

/** One program at a time: the next takes the port of the one before. */
class Beside {
  readonly #port: number;
  #running: ChildProcess | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async start(command: string, options: { cwd: string; env: Record<string, string | undefined> }) {
    await this.end();
    // Without npx, which does not end its program when it is ended.
    const direct = command.replace("npx node", "node");
    const running = spawn("bash", ["-c", `exec env ${direct}`], options);
    this.#running = running;
    let said = "";
    running.stderr.on("data", (data) => {
      said += data;
    });
    while (!(await accepts(this.#port))) {
      if (running.exitCode !== null) throw new Error(`${command}\n${said}`);
      await wait(20);
    }
  }

  async end() {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined || running.exitCode !== null) return;
    running.kill();
    await once(running, "exit");
  }
}

/** Everything has arrived, or waits for a time or for somebody. */
async function settled({ url, key }: Surroundings): Promise<void> {
  const homing = new HomingClient({ url, key });
  const isBusy = async () => {
    for await (const _ of homing.list({ status: "PROCESSING" })) return true;
    for await (const { nextAttemptAt } of homing.list({ status: "QUEUED" }))
      if (nextAttemptAt === undefined) return true;
    for await (const { pendingReason = "" } of homing.list({ status: "PENDING" }))
      if (PASSING.has(pendingReason)) return true;
    return false;
  };
  while (await isBusy()) await wait(20);
}

const PASSING = new Set(["ACCEPTED", "MANUAL_RETRY", "RETRY"]);

async function newestSecret({ url, key }: Surroundings): Promise<string> {
  const homing = new HomingClient({ url, key });
  for await (const { endpointId } of homing.endpoints.list())
    return (await homing.endpoints.secret(endpointId)).secret;
  throw new Error("There is no endpoint whose secret could be taken.");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
