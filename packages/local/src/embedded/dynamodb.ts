/// <reference path="./dynalite.d.ts" />
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import dynalite from "dynalite";
import { type EmbeddedServer, type EmbeddedServerOptions, LOOPBACK } from "./embedded-server.ts";
import { guardRequests } from "./guard.ts";
import { rebuildIndexes } from "./rebuild-indexes.ts";

/** An outsider who holds a request open may delay the end by this long, not longer. */
const CLOSE_GRACE_MS = 2_000;

/** Starts dynalite in this process. The store in `dataDir` must not be open anywhere else. */
export async function startDynamoDb({
  dataDir,
  accessKeyId,
}: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const store = dataDir === undefined ? undefined : await openStore(dataDir);
  const server = dynalite({
    ...(store === undefined ? {} : { path: store.path }),
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
      store?.markClosed();
    },
  };
}

/** Names of what is kept in the data folder. */
export const STORE_FOLDER = "store";
export const OPEN_MARKER = "open";

/** The marker is there from open to close: whoever finds it knows that the last run was killed. */
async function openStore(dataDir: string): Promise<{ path: string; markClosed(): void }> {
  const path = join(dataDir, STORE_FOLDER);
  const marker = join(dataDir, OPEN_MARKER);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (existsSync(marker)) await rebuildIndexes(path);
  writeFileSync(marker, "", { mode: 0o600, flush: true });
  return { path, markClosed: () => rmSync(marker) };
}

/** dynalite throws when a client goes away before its answer, which would end the whole stack. */
function surviveDisconnects(server: Server): void {
  server.on("request", (request) => {
    request.removeAllListeners("error");
    request.on("error", () => undefined);
  });
}
