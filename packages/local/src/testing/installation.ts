/**
 * Homing as whoever uses it meets it: an address, and the operator's key. What stands on this runs on both stacks: here
 * on the local one, and in the projects `serve` and `browser-serve`, where `proof/src/one-machine/installation.ts` is in
 * this one's place.
 */
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { vi } from "vitest";
import { dynamoDbClientConfig, embeddedConnection } from "../embedded/clients.ts";
import { startDynamoDb } from "../embedded/dynamodb.ts";
import { randomAccessKeyId } from "../embedded/guard.ts";
import { loadLocalSettings } from "../local-settings.ts";
import { startStack } from "../stack.ts";

export const KEY = "an operator key for the tests";

export interface Installation {
  readonly url: string;
  stop(): Promise<void>;
}

/** One that can be looked into. */
export interface InspectedInstallation extends Installation {
  /** A port of its own, besides the API's. */
  readonly innerPort: number;
  /** All that is stored of attempts at these messages, as it is stored. */
  storedAttempts(messageIds: readonly unknown[]): Promise<readonly string[]>;
}

/** On any free port; nothing is left of it. `env`: other variables. */
export function startInstallation(env: Readonly<Record<string, string>> = {}): Promise<Installation> {
  return startStack(
    loadLocalSettings({ PORT: "0", HOMING_DATA_DIR: "memory", HOMING_OPERATOR_KEY: KEY, ...env }),
  );
}

export async function startInspectedInstallation(
  env: Readonly<Record<string, string>>,
): Promise<InspectedInstallation> {
  const accessKeyId = randomAccessKeyId();
  const dynamodb = await startDynamoDb({ accessKeyId });
  const connection = embeddedConnection(dynamodb.endpoint, accessKeyId);
  const client = new DynamoDBClient(dynamoDbClientConfig(connection));
  const external = {
    AWS_REGION: connection.region ?? "",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: "unchecked",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
  };
  for (const [name, value] of Object.entries(external)) vi.stubEnv(name, value);
  const stack = await startInstallation({ ...external, ...env });
  return {
    url: stack.url,
    innerPort: Number(new URL(dynamodb.endpoint).port),
    storedAttempts: async (messageIds) => {
      const stored: string[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName: "homing" })) {
        for (const item of Items) {
          const { idempotencyKey: _, ...kept } = item;
          const isAttempt = item.sk?.S?.startsWith("attempt#") || item.firstAttempt !== undefined;
          if (isAttempt && messageIds.includes(item.pk?.S)) stored.push(JSON.stringify(kept));
        }
      }
      return stored;
    },
    stop: async () => {
      await stack.stop();
      client.destroy();
      await dynamodb.close();
      vi.unstubAllEnvs();
    },
  };
}
