/** One DynamoDB Local for all test files of the project; each makes tables of its own. */
import type { TestProject } from "vitest/node";
import { startDynamoDbLocal } from "./server.ts";

declare module "vitest" {
  interface ProvidedContext {
    dynamoDbLocalEndpoint: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await startDynamoDbLocal();
  provide("dynamoDbLocalEndpoint", server.endpoint);
  return () => server.close();
}
