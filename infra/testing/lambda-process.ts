/** Runs one bundled function with the environment that Lambda would give it, and nothing else. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Graph, only } from "./graph.ts";
import type { RuntimeMessage } from "./lambda-runtime.ts";

export interface LambdaProcess {
  readonly importMs: number;
  /** What the function returned; rejects with its stack if it threw. */
  invoke(event: unknown): Promise<unknown>;
  /** All that it has written to standard output so far, line by line. */
  lines(): readonly string[];
  stop(): Promise<void>;
}

export interface LambdaOptions {
  readonly graph: Graph;
  /** `Api`, `Worker`, … */
  readonly name: string;
  readonly folder: string;
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string };
  readonly accessKeyId: string;
  /** Variables that differ from the stage's. */
  readonly overrides?: Readonly<Record<string, string>>;
}

const RUNTIME = fileURLToPath(new URL("./lambda-runtime.ts", import.meta.url));

export async function startLambda(options: LambdaOptions): Promise<LambdaProcess> {
  const child = fork(RUNTIME, [], {
    cwd: options.folder,
    env: environment(options),
    execArgv: [],
    silent: true,
  });
  const output: string[] = [];
  let errors = "";
  child.stdout?.on("data", (chunk) => output.push(String(chunk)));
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<number>();
  child.on("message", (message: RuntimeMessage) => {
    if (message.kind === "ready") return ready.resolve(message.importMs);
    const invocation = pending.get(message.id);
    pending.delete(message.id);
    if (message.kind === "result") invocation?.resolve(message.result);
    else invocation?.reject(new Error(`${options.name}: ${message.message}`));
  });
  child.on("exit", (code) => {
    const error = new Error(`${options.name} ended with code ${code}: ${errors}`);
    ready.reject(error);
    for (const invocation of pending.values()) invocation.reject(error);
  });

  let id = 0;
  return {
    importMs: await ready.promise,
    invoke: (event) => {
      const invocation = Promise.withResolvers<unknown>();
      pending.set(++id, invocation);
      child.send({ id, event });
      return invocation.promise;
    },
    lines: () => output.join("").split("\n").filter(Boolean),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.disconnect();
      child.kill();
      await once(child, "exit");
    },
  };
}

function environment({ graph, name, folder, endpoints, accessKeyId, overrides }: LambdaOptions) {
  const {
    environment,
    memorySize,
    name: functionName,
  } = only(graph, "aws:lambda/function:Function", `${name}Function`).inputs as {
    environment: { variables: Record<string, string> };
    memorySize: number;
    name: string;
  };
  return {
    ...environment.variables,
    ...overrides,
    // What Lambda adds: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: "unchecked",
    AWS_SESSION_TOKEN: "session",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_LEVEL: "INFO",
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: "bundle.handler",
    TZ: ":UTC",
    // The only strangers: servers on this machine in place of AWS.
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  };
}
