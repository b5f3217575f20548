import { randomUUID } from "node:crypto";
import type { Context } from "aws-lambda";
import { EMBEDDED_REGION } from "../embedded/clients.ts";

/**
 * The context of one invocation that may take `timeoutMs` from now.
 *
 * @param nowMs monotonic clock
 */
export function lambdaContext(
  functionName: string,
  timeoutMs: number,
  nowMs = () => performance.now(),
): Context {
  const endsAt = nowMs() + timeoutMs;
  const unsupported = () => {
    throw new Error("Node 24 on Lambda knows no callbacks; return a promise.");
  };
  return {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${EMBEDDED_REGION}:000000000000:function:${functionName}`,
    memoryLimitInMB: "1024",
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAt - nowMs())),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}
