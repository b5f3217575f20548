import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { SQSClientConfig } from "@aws-sdk/client-sqs";

/** Region of everything embedded; it appears in ARNs only. */
export const EMBEDDED_REGION = "us-east-1";

/**
 * Where SDK clients find one server. Without region and credentials the SDK takes them from the environment,
 * as for a server that somebody else runs.
 */
export interface ServerConnection {
  readonly endpoint: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * One process answers everything here: a burst of requests waits for its turn, and a call given up would only
 * add another. (The time to connect counts the wait for a free socket too.) A send has its own, shorter limit.
 */
const PATIENCE = { connectionTimeout: 20_000, requestTimeout: 20_000, throwOnRequestTimeout: true } as const;

/**
 * All that the SDK would otherwise look up in variables and profiles, which are there for an account on AWS: FIPS and
 * dual-stack names, which no server at a given endpoint has and the SDK refuses there; retries; what it can sign
 * with.
 */
const WHATEVER_THE_USER_HAS = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  defaultsMode: "standard",
  retryMode: "standard",
  authSchemePreference: ["sigv4"],
  userAgentAppId: "homing",
} satisfies DynamoDBClientConfig & SQSClientConfig;

/** The embedded servers check the access key only, so the secret needs no secrecy. */
export function embeddedConnection(endpoint: string, accessKeyId: string): ServerConnection {
  return { endpoint, region: EMBEDDED_REGION, credentials: { accessKeyId, secretAccessKey: "unchecked" } };
}

export function dynamoDbClientConfig(connection: ServerConnection): DynamoDBClientConfig {
  return {
    ...WHATEVER_THE_USER_HAS,
    ...connection,
    accountIdEndpointMode: "disabled",
    endpointDiscoveryEnabled: false,
    requestHandler: PATIENCE,
  };
}

/**
 * Queue URLs of local servers name hosts that do not resolve (`sqs.us-east-1.localhost`), so that the client
 * must stay at its endpoint. Queues are looked up by name: a URL holds the port of the start that made it.
 */
export function sqsClientConfig(connection: ServerConnection): SQSClientConfig {
  return { ...WHATEVER_THE_USER_HAS, ...connection, requestHandler: PATIENCE, useQueueUrlAsEndpoint: false };
}
