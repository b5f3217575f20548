/** The server for one machine, for what is tested from outside: in the place of `local/src/testing/installation.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LOCAL_DEFAULTS } from "@homing/core/settings";
import type { InspectedInstallation } from "@homing/local/testing/installation";
import { createJsonLog } from "@homing/server/observe/json-log";
import { startServer } from "@homing/server/server";
import { loadServerSettings } from "@homing/server/server-settings";
import { DATABASE_FILE } from "@homing/server/sqlite/open-database";
import { KEY } from "./serve-process.ts";

export { KEY };

export const startInspectedInstallation = startInstallation;

export async function startInstallation(
  env: Readonly<Record<string, string>> = {},
): Promise<InspectedInstallation> {
  const folder = mkdtempSync(join(tmpdir(), "homing-installation-"));
  const log = createJsonLog({
    level: process.env.POWERTOOLS_LOG_LEVEL,
    write: (text) => void process.stdout.write(text),
  });
  const server = await startServer(
    loadServerSettings({
      PORT: "0",
      HOMING_DATA_DIR: folder,
      HOMING_OPERATOR_KEY: KEY,
      HOMING_METRICS_PORT: "0",
      // As the local stack has it: what tests deliver to is on this machine.
      HOMING_ALLOW_PRIVATE_TARGETS: LOCAL_DEFAULTS.allowPrivateTargets.join(),
      ...env,
    }),
    {
      log,
      onDamage: (error) => {
        throw error;
      },
    },
  );
  return {
    url: server.url,
    innerPort: Number(new URL(server.metricsUrl ?? "").port),
    storedAttempts: async (messageIds) => storedAttempts(join(folder, DATABASE_FILE), messageIds),
    stop: async () => {
      await server.stop();
      log.flush();
      rmSync(folder, { recursive: true });
    },
  };
}

/** An attempt that was the only one lies in its message, which has its producer's key besides. */
function storedAttempts(path: string, messageIds: readonly unknown[]): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const messages = database.prepare("SELECT document FROM messages").all();
    const withFirst = messages
      .map(({ document }) => JSON.parse(String(document)))
      .filter(({ messageId, firstAttempt }) => firstAttempt !== undefined && messageIds.includes(messageId))
      .map(({ idempotencyKey: _, ...kept }) => kept);
    const attempts = database.prepare("SELECT * FROM attempts").all();
    const kept = [...attempts.filter(({ message_id }) => messageIds.includes(message_id)), ...withFirst];
    return kept.map((one) => JSON.stringify(one));
  } finally {
    database.close();
  }
}
