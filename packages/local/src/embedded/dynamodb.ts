import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import dynalite from "dynalite";
import { type EmbeddedServer, type EmbeddedServerOptions, LOOPBACK } from "./embedded-server.ts";
import { guardRequests } from "./guard.ts";

/** An outsider who holds a request open may delay the end by this long, not longer. */
const CLOSE_GRACE_MS = 2_000;

/** Starts dynalite in this process. The store in `dataDir` must not be open anywhere else. */
export async function startDynamoDb({
  dataDir,
  accessKeyId,
}: EmbeddedServerOptions): Promise<EmbeddedServer> {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const server = dynalite({
    ...(dataDir === undefined ? {} : { path: dataDir }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  surviveDisconnects(server);
  guardRequests(server, accessKeyId);
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    port,
    close: async () => {
      const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await promisify(server.close)
        .call(server)
        .finally(() => clearTimeout(cutOff));
    },
  };
}

/** dynalite throws when a client goes away before its answer, which would end the whole stack. */
function surviveDisconnects(server: Server): void {
  server.on("request", (request) => {
    request.removeAllListeners("error");
    request.on("error", () => undefined);
  });
}
