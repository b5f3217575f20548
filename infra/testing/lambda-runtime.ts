/** The child process that stands for Lambda's Node runtime: loads one bundle and answers its invocations. */

export interface Invocation {
  readonly id: number;
  readonly event: unknown;
}

export type RuntimeMessage =
  | { readonly kind: "ready"; readonly importMs: number }
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly message: string };

const FAR_FUTURE_MS = 30_000;

const report = (message: RuntimeMessage) => process.send?.(message);

const started = performance.now();
const { handler } = (await import(`${process.cwd()}/bundle.mjs`)) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};
report({ kind: "ready", importMs: Math.round(performance.now() - started) });

process.on("message", async ({ id, event }: Invocation) => {
  const deadline = Date.now() + FAR_FUTURE_MS;
  const name = process.env.AWS_LAMBDA_FUNCTION_NAME ?? "";
  const context = {
    awsRequestId: `request-${id}`,
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    report({ kind: "result", id, result: await handler(event, context) });
  } catch (error) {
    report({ kind: "error", id, message: error instanceof Error ? `${error.stack}` : String(error) });
  }
});
