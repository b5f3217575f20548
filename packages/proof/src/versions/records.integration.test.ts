/**
 * What each version has written, read by this one. After a change of what is written, `-u` writes the record of the
 * present version anew; once it has been released, a change gets a new record and the old one stays as it is.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddedStack, startEmbedded } from "@homing/local/testing/embedded-stack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyOf, meaningOf, recordVersion, restore, type VersionRecord } from "./record.ts";

const RECORDS = join(import.meta.dirname, "records");
const PRESENT = "1.json";

let stack: EmbeddedStack;
beforeAll(async () => {
  stack = await startEmbedded();
});
afterAll(() => stack.close());

it("this version writes what its record says", async () => {
  const record = await recordVersion({ client: stack.dynamodb, tableName: "present" });
  await expect(`${JSON.stringify(record, null, 1)}\n`).toMatchFileSnapshot(join(RECORDS, PRESENT));
});

describe.each(readdirSync(RECORDS))("the record %s", (name) => {
  const record: VersionRecord = JSON.parse(readFileSync(join(RECORDS, name), "utf8"));

  it("is read by this version as it was meant", async () => {
    const table = { client: stack.dynamodb, tableName: `read-${name}` };
    await restore(table, record);
    expect(JSON.parse(JSON.stringify(await meaningOf(table)))).toEqual(record.means);
  });

  it("is read alike with attributes and fields that this version does not know", async () => {
    const table = { client: stack.dynamodb, tableName: `read-more-${name}` };
    const items = record.items.map((item) => ({
      ...item,
      addedLater: { M: { of: { S: "another version" } } },
    }));
    await restore(table, { ...record, items });
    expect(JSON.parse(JSON.stringify(await meaningOf(table)))).toEqual(record.means);
    for (const { body, means } of record.copies)
      expect(copyOf(body.replace("{", '{"addedLater":[{"of":"another version"}],'))).toEqual(means);
  });

  it("holds copies that this version understands", () => {
    expect(record.copies.length).toBeGreaterThan(0);
    for (const { body, means } of record.copies) expect(copyOf(body)).toEqual(means);
  });
});
