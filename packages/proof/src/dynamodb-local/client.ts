import { randomBytes } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createDynamoDbClient } from "@homing/functions/aws/clients";
import { EMBEDDED_REGION } from "@homing/local/embedded/clients";

/** A client as Homing makes it. DynamoDB Local keeps one database for each access key: this one is empty. */
export function newDatabase(endpoint: string): DynamoDBClient {
  const accessKeyId = `TEST${randomBytes(8).toString("hex").toUpperCase()}`;
  return createDynamoDbClient({
    endpoint,
    region: EMBEDDED_REGION,
    credentials: { accessKeyId, secretAccessKey: "unchecked" },
  });
}
