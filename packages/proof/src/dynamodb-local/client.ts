import { randomBytes } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SECOND } from "@homing/core/duration";
import { createDynamoDbClient } from "@homing/functions/aws/clients";
import { EMBEDDED_REGION } from "@homing/local/embedded/clients";

/** A busy machine may take longer than Homing waits for AWS, and how long is not what is asked here. */
const PATIENCE_MS = 30 * SECOND;

/**
 * A client as Homing makes it, but for its patience. DynamoDB Local keeps one database for each access key: this one
 * is empty.
 */
export function newDatabase(endpoint: string): DynamoDBClient {
  const accessKeyId = `TEST${randomBytes(8).toString("hex").toUpperCase()}`;
  return createDynamoDbClient({
    endpoint,
    region: EMBEDDED_REGION,
    requestHandler: { connectionTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS },
    credentials: { accessKeyId, secretAccessKey: "unchecked" },
  });
}
