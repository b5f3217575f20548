import { fork } from "node:child_process";
import { once } from "node:events";

interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
}

export interface Child<Message> {
  /** The first message it sent. */
  readonly message: Message;
  stop(): Promise<void>;
}

/**
 * Runs a module in a process of its own, what it logs thrown away, and resolves with the first message that it
 * sends.
 *
 * @throws Error with the end of its standard error if it ends without one.
 */
export async function startChild<Message>(
  module: URL,
  { env = {}, args = [], execArgv = [] }: ChildOptions = {},
): Promise<Child<Message>> {
  const child = fork(module, args, {
    env: { PATH: process.env.PATH ?? "", ...env },
    execArgv: [...execArgv],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-2_000);
  });
  const ended = once(child, "exit");
  const message = await Promise.race([
    once(child, "message").then(([first]) => first as Message),
    ended.then(([code]) => {
      throw new Error(`${module.pathname} ended with code ${code}: ${errors}`);
    }),
  ]);
  return {
    message,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await ended;
    },
  };
}

/** The one answer of a module that ends by itself. */
export async function runChild<Message>(module: URL, options?: ChildOptions): Promise<Message> {
  const child = await startChild<Message>(module, options);
  await child.stop();
  return child.message;
}
