/** Secrets in the database itself: the one file is everything, and a copy of it restores everything. */
import { randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

/** Made at its first use: 256 random bits as 64 hexadecimal digits. */
export async function keptSecret(
  database: Database,
  name: "operator-key" | "signing-master",
): Promise<string> {
  const find = database.prepare("SELECT value FROM secrets WHERE name = ?");
  const kept = find.get(name)?.value;
  if (typeof kept === "string") return kept;
  const secret = randomBytes(32).toString("hex");
  const insert = database.prepare("INSERT INTO secrets (name, value) VALUES (?, ?)");
  return database.whenSafe(() =>
    database.write(() => {
      insert.run(name, secret);
      return secret;
    }),
  );
}
