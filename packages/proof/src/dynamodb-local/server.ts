import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { LOOPBACK } from "@homing/local/embedded/embedded-server";
import { installDynamoDbLocal } from "./install.ts";
import { findJava } from "./java.ts";

export interface DynamoDbLocal {
  /** For the `endpoint` of an SDK client. */
  readonly endpoint: string;
  close(): Promise<void>;
}

const LAUNCHER = join(import.meta.dirname, "DynamoDbLocalOnLoopback.java");
const LONGEST_START_MS = 60_000;

/** Starts DynamoDB Local in memory on 127.0.0.1. Resolves once it listens; takes about two seconds. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const [java, home] = await Promise.all([findJava(process.env), installDynamoDbLocal(process.env)]);
  const libraries = join(home, "DynamoDBLocal_lib");
  const classPath = [join(home, "DynamoDBLocal.jar"), join(libraries, "*")].join(delimiter);
  const server = spawn(java, [`-Djava.library.path=${libraries}`, "-cp", classPath, LAUNCHER], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const exited = once(server, "exit");
  let complaints = "";
  server.stderr.on("data", (chunk: Buffer) => {
    complaints = `${complaints}${chunk}`.slice(-2_000);
  });

  const port = await new Promise<string>((resolve, reject) => {
    const refuse = (reason: string) => {
      server.kill();
      reject(new Error(`DynamoDB Local ${reason}. ${complaints}`));
    };
    const tooLate = setTimeout(() => refuse("did not start in time"), LONGEST_START_MS);
    server.on("error", (error) => refuse(`could not be started: ${error.message}`));
    server.on("exit", () => refuse("ended while it was starting"));
    createInterface(server.stdout).on("line", (line) => {
      const found = /^port (\d+)$/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(tooLate);
      resolve(found);
    });
  });
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    close: async () => {
      server.stdin.end();
      await exited;
    },
  };
}
