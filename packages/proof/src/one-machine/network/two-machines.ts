/**
 * Two machines with a cable between them, which no other has: network namespaces of the kernel. What listens on one of
 * them is reached from the other, and from nowhere else.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const IS_ROOT = process.getuid?.() === 0;
const ASKER = join(import.meta.dirname, "asker.ts");

/** Addresses of documentation, RFC 5737 and RFC 3849. */
const CLIENT = { v4: "192.0.2.1/24", v6: "2001:db8::1/64" };
const SERVER = { v4: "192.0.2.7/24", v6: "2001:db8::7/64" };

export interface Question {
  readonly address: string;
  readonly port: number;
  /** The request as it goes out. */
  readonly text: string;
}

export interface TwoMachines {
  /** What comes before a command that is to run on the server's. */
  readonly onServer: readonly string[];
  /** What the client's hears, to the end of the connection; the code of the error if there is none. */
  ask(question: Question): Promise<string>;
  close(): void;
}

/** Undefined if this system lets us have them. To root it has to. */
export function whyNoMachines(): string | undefined {
  if (IS_ROOT) return undefined;
  try {
    execFileSync("unshare", ["--user", "--map-root-user", "--net", "ip", "link"], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    return `this user may have no network namespace of its own here (${String(error).split("\n")[0]})`;
  }
}

export async function connectTwoMachines(): Promise<TwoMachines> {
  // Of another user than root, the first is root of all that follow.
  const asRoot = IS_ROOT ? [] : ["--user", "--map-root-user"];
  const client = spawn("unshare", [...asRoot, "--net", process.execPath, ASKER], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(client, "message");
  const on = ({ pid }: ChildProcess) => [
    "nsenter",
    `--target=${pid}`,
    "--net",
    ...(IS_ROOT ? [] : ["--user", "--preserve-credentials"]),
  ];
  const [enter = "", ...onClient] = on(client);
  // Ends with its input, which is ours.
  const server = spawn(enter, [...onClient, "unshare", "--net", "sh", "-c", "echo; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(server.stdout, "data");
  const onServer = on(server);
  const ip = (machine: ChildProcess, command: string) => {
    const [program = "", ...args] = [...on(machine), "ip", ...command.split(" ")];
    return run(program, args);
  };
  await ip(client, `link add cable type veth peer name cable netns ${server.pid}`);
  for (const [machine, { v4, v6 }] of [
    [client, CLIENT],
    [server, SERVER],
  ] as const) {
    await ip(machine, "link set lo up");
    await ip(machine, `addr add ${v4} dev cable`);
    await ip(machine, `addr add ${v6} dev cable nodad`);
    await ip(machine, "link set cable up");
  }
  const answers = new Map<number, (text: string) => void>();
  client.on("message", ({ number, text }: { number: number; text: string }) => {
    answers.get(number)?.(text);
    answers.delete(number);
  });
  let asked = 0;
  return {
    onServer,
    ask: (question) =>
      new Promise((resolve) => {
        asked += 1;
        answers.set(asked, resolve);
        client.send({ ...question, number: asked });
      }),
    close: () => {
      client.disconnect();
      server.stdin.end();
    },
  };
}

export const SERVER_ADDRESSES = [SERVER.v4, SERVER.v6].map((address) => address.replace(/\/.*/, ""));
