/** How the AWS clients are set up, on Lambda and locally alike; connections differ, behaviour does not. */
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { SECOND } from "@homing/core/duration";
import { rememberUnansweredTries } from "./unanswered-tries.ts";

/** A caller waits behind every call: a slow one is given up and repeated. */
const CONNECTION_TIMEOUT_MS = SECOND;
const DYNAMODB_TIMEOUT_MS = 3 * SECOND;
const DYNAMODB_TRIES = 3;
/** No call to the table takes longer: all of its tries, and the waits between them. */
export const LONGEST_CALL_MS = DYNAMODB_TRIES * DYNAMODB_TIMEOUT_MS + SECOND;
const SQS_TIMEOUT_MS = 2 * SECOND;

/** Names us in AWS's own records of calls. */
const USER_AGENT = "Homing/1.0";

/** The SDK may repeat a call to the table: every write recognises itself by its token. */
export function createDynamoDbClient(connection: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: DYNAMODB_TRIES,
    cacheMiddleware: true,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: DYNAMODB_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...connection,
  });
  withoutIdleWork(client.middlewareStack);
  rememberUnansweredTries(client);
  client.config.signer = once(client.config.signer);
  return client;
}

/** One try a call: p-retry in `enqueue` is the only one who repeats a send, and brings its own timeout. */
export function createSqsClient(connection: SQSClientConfig = {}): SQSClient {
  const client = new SQSClient({
    maxAttempts: 1,
    cacheMiddleware: true,
    // TLS vouches for what arrives.
    md5: false,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: SQS_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...connection,
  });
  withoutIdleWork(client.middlewareStack);
  client.config.signer = once(client.config.signer);
  return client;
}

/**
 * Leaves out what the SDK does for every call and nobody needs: masking input and output for a logger that is
 * not there, and composing a user agent anew. With `cacheMiddleware`, which resolves the stack once for each
 * kind of command, that is about a third of a call's CPU time.
 */
function withoutIdleWork(stack: MiddlewareStack): void {
  stack.remove("loggerMiddleware");
  stack.remove("getUserAgentMiddleware");
  stack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["user-agent"] = USER_AGENT;
      return next(args);
    },
    { step: "build", name: "homingUserAgent" },
  );
}

/**
 * The SDK makes a signer for each call out of all of its configuration. Nothing in it differs from call to
 * call: region and service are fixed, and the signer asks for the credentials itself each time.
 */
function once<Made>(make: (scheme?: never) => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** What the stacks of all clients have in common; the SDK types each with its own inputs and outputs. */
interface MiddlewareStack {
  remove(name: string): boolean;
  add(
    middleware: <Output>(
      next: (args: { input: never; request: unknown }) => Output,
    ) => (args: { input: never; request: unknown }) => Output,
    options: { readonly step: "build"; readonly name: string },
  ): void;
}
