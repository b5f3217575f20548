import { fork } from "node:child_process";
import { once } from "node:events";
import type { RawResult, RawRun } from "./raw-process.ts";

/** The raw loop in a process of its own. */
export interface Raw {
  run(order: RawRun): Promise<RawResult>;
  stop(): Promise<void>;
}

export async function startRaw(dataDir: string, targetUrl: string): Promise<Raw> {
  const child = fork(new URL("./raw-process.ts", import.meta.url), [dataDir, targetUrl], {
    env: { PATH: process.env.PATH },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const nextMessage = () =>
    Promise.race([
      once(child, "message").then(([message]) => message as unknown),
      ended.then(([code]) => {
        throw new Error(`The raw loop ended with code ${code}.`);
      }),
    ]);
  await nextMessage();
  return {
    run: async (order) => {
      child.send(order);
      return (await nextMessage()) as RawResult;
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}
