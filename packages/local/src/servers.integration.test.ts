import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MEMORY, openDataDir } from "./data-dir.ts";
import { OPEN_MARKER } from "./embedded/dynamodb.ts";
import { startServers } from "./servers.ts";

test("a server that somebody else runs takes the place of the embedded one, with the environment's credentials", async () => {
  const servers = await startServers({ dynamodbEndpoint: "http://127.0.0.1:8000" }, openDataDir(MEMORY));
  expect(servers.dynamodb).toEqual({ endpoint: "http://127.0.0.1:8000" });
  expect(servers.embeddedPorts).toHaveLength(1);
  expect(servers.sqs.endpoint).toBe(`http://127.0.0.1:${servers.embeddedPorts[0]}`);
  await servers.close();
});

test("each start has an access key of its own", async () => {
  const [one, other] = [
    await startServers({}, openDataDir(MEMORY)),
    await startServers({}, openDataDir(MEMORY)),
  ];
  expect(one.sqs.credentials?.accessKeyId).not.toBe(other.sqs.credentials?.accessKeyId);
  expect(one.embeddedPorts).toHaveLength(2);
  await Promise.all([one.close(), other.close()]);
});

test("when one server cannot start, the other is ended cleanly", async () => {
  const path = mkdtempSync(join(tmpdir(), "homing-servers-"));
  const dataDir = openDataDir(path);
  writeFileSync(join(path, "sqs"), "a file where the folder should be");
  await expect(startServers({}, dataDir)).rejects.toThrow(/EEXIST/);
  expect(existsSync(join(path, "dynamodb"))).toBe(true);
  expect(existsSync(join(path, "dynamodb", OPEN_MARKER))).toBe(false);
  dataDir.close();
  rmSync(path, { recursive: true });
});
