import { type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { LOCAL_DEFAULTS, type Settings } from "@homing/core/settings";
import { RecordingObserver } from "@homing/core/testing/recording-observer";
import { createApp } from "@homing/functions/api/app";
import { createDynamoDbClient, createSqsClient } from "@homing/functions/aws/clients";
import { createAuthenticator } from "@homing/functions/keys/authenticator";
import { createServices, type Services } from "@homing/functions/services";
import { type Caller, createCaller } from "@homing/functions/testing/api-caller";
import { dynamoDbClientConfig, sqsClientConfig } from "../embedded/clients.ts";
import { startEmbedded } from "./embedded-stack.ts";

const OPERATOR_KEY = "the operator key of the tests";
const SIGNING_MASTER = "the signing master of the tests";

/** The API on the embedded servers, and no worker: what is queued stays there. */
export interface EmbeddedApi {
  /** Fails if an answer is not one that the OpenAPI document describes. */
  readonly call: Caller;
  readonly services: Services;
  readonly observer: RecordingObserver;
  /** Takes what is in the queue, as a worker is handed it. */
  receive(): Promise<readonly Message[]>;
  close(): Promise<void>;
}

export interface EmbeddedApiOptions {
  readonly settings?: Partial<Settings>;
  /** In the place of the embedded SQS, for the sends of the API. */
  readonly sqsEndpoint?: string;
}

export async function startEmbeddedApi({
  settings,
  sqsEndpoint,
}: EmbeddedApiOptions = {}): Promise<EmbeddedApi> {
  const stack = await startEmbedded();
  const dynamodb = createDynamoDbClient(dynamoDbClientConfig(stack.connections.dynamodb));
  const { sqs: connection } = stack.connections;
  const sqs = createSqsClient(
    sqsClientConfig(sqsEndpoint ? { ...connection, endpoint: sqsEndpoint } : connection),
  );
  const observer = new RecordingObserver();
  const services = createServices({
    dynamodb,
    sqs,
    tableName: stack.tableName,
    urls: { queueUrl: stack.queueUrl, deadLetterQueueUrl: stack.deadLetterQueueUrl },
    settings: { ...LOCAL_DEFAULTS, ...settings },
    observer,
  });
  const app = createApp({
    ...services,
    authenticator: createAuthenticator({ ...services, operatorKey: OPERATOR_KEY }),
    signingMaster: SIGNING_MASTER,
  });

  return {
    call: createCaller(app, OPERATOR_KEY),
    services,
    observer,
    receive: async () => {
      const { Messages = [] } = await stack.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: stack.queueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        }),
      );
      return Messages;
    },
    close: async () => {
      dynamodb.destroy();
      sqs.destroy();
      await stack.close();
    },
  };
}
