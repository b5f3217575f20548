/** How the AWS clients are set up, on Lambda and locally alike; connections differ, behaviour does not. */
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { SECOND } from "@homing/core/duration";

/** A caller waits behind every call: a slow one is given up and repeated. */
const CONNECTION_TIMEOUT_MS = SECOND;
const REQUEST_TIMEOUT_MS = 3 * SECOND;

/** The SDK may repeat a call to the table: every write recognises itself by its token. */
export function createDynamoDbClient(connection: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...connection,
  });
}

/** One try a call: p-retry in `enqueue` is the only one who repeats a send, and brings its own timeout. */
export function createSqsClient(connection: SQSClientConfig = {}): SQSClient {
  return new SQSClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...connection,
  });
}
