/**
 * The SDK repeats a call that got no answer, and reports only how the last try ended. A caller must know of the
 * earlier ones: a put that timed out may have been stored, although its repetition was refused.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

const unanswered = new WeakSet<object>();

/** Never on the wire, so there is nothing that an answer could have been about. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CredentialsProviderError"]);

/** Whether a call never left this process: no connection was made, or nothing could be signed. */
export function wasNeverSent(error: Error & { readonly code?: unknown }): boolean {
  return NEVER_SENT.has(String(error.code)) || NEVER_SENT.has(error.name);
}

/** Whether any try of the call that ended with this error was sent and not answered. */
export function hadUnansweredTry(error: Error): boolean {
  return unanswered.has(error);
}

/** Makes `hadUnansweredTry` know of every call of this client. */
export function rememberUnansweredTries(client: DynamoDBClient): void {
  // The retry middleware hands the same arguments to each of its tries.
  const calls = new WeakSet<object>();
  client.middlewareStack.addRelativeTo(
    <Args extends object, Output>(next: (args: Args) => Promise<Output>) =>
      async (args: Args) => {
        try {
          return await next(args);
        } catch (error) {
          if (error instanceof Error) {
            if (!isAnswered(error) && !wasNeverSent(error)) calls.add(args);
            if (calls.has(args)) unanswered.add(error);
          }
          throw error;
        }
      },
    { relation: "after", toMiddleware: "retryMiddleware", name: "homingUnansweredTries" },
  );
}

function isAnswered(error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }): boolean {
  return error.$metadata?.httpStatusCode !== undefined;
}
