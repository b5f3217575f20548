import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@homing/core/settings";
import { MEMORY, openDataDir } from "@homing/functions/machine/data-dir";
import { expect, test } from "vitest";
import { OPEN_MARKER } from "./embedded/dynamodb.ts";
import { startServers } from "./servers.ts";

test("a server that somebody else runs takes the place of the embedded one, with the environment's credentials", async () => {
  const servers = await startServers({ dynamodbEndpoint: "http://127.0.0.1:8000" }, openDataDir(MEMORY));
  expect(servers.dynamodb).toEqual({ endpoint: "http://127.0.0.1:8000" });
  const [dynamodbPort, sqsPort] = servers.ownPorts;
  expect(servers.sqs.endpoint).toBe(`http://127.0.0.1:${sqsPort}`);
  // Nothing is delivered to it either.
  expect(dynamodbPort).toBe(8_000);
  await servers.close();
});

test.each([
  ["http://localhost:9324", [9_324]],
  ["http://[::1]:9324", [9_324]],
  ["http://elasticmq", [80]],
  ["https://10.0.0.5", [443]],
  ["https://sqs.us-east-1.amazonaws.com", []],
])("nothing is delivered to the port of %s", async (endpoint, ports) => {
  const external = { dynamodbEndpoint: endpoint, sqsEndpoint: endpoint };
  expect(new Set((await startServers(external, openDataDir(MEMORY))).ownPorts)).toEqual(new Set(ports));
});

test("each start has an access key of its own", async () => {
  const [one, other] = [
    await startServers({}, openDataDir(MEMORY)),
    await startServers({}, openDataDir(MEMORY)),
  ];
  expect(one.sqs.credentials?.accessKeyId).not.toBe(other.sqs.credentials?.accessKeyId);
  expect(one.ownPorts).toHaveLength(2);
  await Promise.all([one.close(), other.close()]);
});

test("when one server cannot start, the other is ended cleanly", async () => {
  const path = mkdtempSync(join(tmpdir(), "homing-servers-"));
  const dataDir = openDataDir(path);
  writeFileSync(join(path, "sqs"), "a file where the folder should be");
  await expect(startServers({}, dataDir)).rejects.toThrow(/^HOMING_DATA_DIR: [^\n]*EEXIST[^\n]*$/);
  expect(existsSync(join(path, "dynamodb"))).toBe(true);
  expect(existsSync(join(path, "dynamodb", OPEN_MARKER))).toBe(false);
  dataDir.close();
  rmSync(path, { recursive: true });
});

test("a damaged file in the data folder is one line that names the folder", async () => {
  const path = mkdtempSync(join(tmpdir(), "homing-servers-"));
  const dataDir = openDataDir(path);
  mkdirSync(join(path, "sqs"));
  writeFileSync(
    join(path, "sqs", "fauxqs.db"),
    "neither SQLite's header nor anything else of its\n".repeat(100),
  );
  await expect(startServers({}, dataDir)).rejects.toThrow(
    new SettingsError(`HOMING_DATA_DIR: the folder ${path} cannot be used (file is not a database).`),
  );
  dataDir.close();
  rmSync(path, { recursive: true });
});
