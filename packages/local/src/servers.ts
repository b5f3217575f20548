import { isIP } from "node:net";
import { checkAddress } from "@homing/core/delivery/address-guard";
import type { DataDir } from "@homing/functions/machine/data-dir";
import { embeddedConnection, type ServerConnection } from "./embedded/clients.ts";
import { startDynamoDb } from "./embedded/dynamodb.ts";
import type { EmbeddedServer } from "./embedded/embedded-server.ts";
import { randomAccessKeyId } from "./embedded/guard.ts";
import { startSqs } from "./embedded/sqs.ts";

/** The two servers that a stack works on, whoever runs them. */
export interface Servers {
  readonly dynamodb: ServerConnection;
  readonly sqs: ServerConnection;
  /** Ports on this machine or its network to which nothing may be delivered, whoever runs the server. */
  readonly ownPorts: readonly number[];
  /** Ends the embedded ones. */
  close(): Promise<void>;
}

interface ExternalEndpoints {
  readonly dynamodbEndpoint?: string;
  readonly sqsEndpoint?: string;
}

/** Starts an embedded server for each endpoint that is not given. */
export async function startServers(external: ExternalEndpoints, dataDir: DataDir): Promise<Servers> {
  const accessKeyId = randomAccessKeyId();
  const started: EmbeddedServer[] = [];
  const close = async () => {
    await Promise.all(started.splice(0).map((server) => server.close()));
  };

  const connect = async (
    endpoint: string | undefined,
    start: typeof startDynamoDb,
    folder: string | undefined,
  ): Promise<ServerConnection> => {
    if (endpoint !== undefined) return { endpoint };
    const server = await dataDir.opening(
      start({ accessKeyId, ...(folder === undefined ? {} : { dataDir: folder }) }),
    );
    started.push(server);
    return embeddedConnection(server.endpoint, accessKeyId);
  };

  try {
    const dynamodb = await connect(external.dynamodbEndpoint, startDynamoDb, dataDir.folder("dynamodb"));
    const sqs = await connect(external.sqsEndpoint, startSqs, dataDir.folder("sqs"));
    return { dynamodb, sqs, ownPorts: [dynamodb, sqs].flatMap(privatePort), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** DynamoDB Local, ElasticMQ and their like ask nobody who they are. What is public is not reached by its port alone. */
function privatePort({ endpoint }: ServerConnection): number[] {
  const url = URL.parse(endpoint);
  if (url === null) return [];
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isPublic = isIP(hostname) === 0 ? hostname.includes(".") : checkAddress(hostname, []).allowed;
  if (isPublic) return [];
  return [url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)];
}
