import type { Message } from "@homing/core/message/message";
import { perform } from "@homing/core/message/transition";
import { buildMessage } from "@homing/core/testing/build-message";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryDatabase } from "../testing/temporary-database.ts";
import type { Database } from "./database.ts";
import { DueIndex } from "./due-index.ts";
import { MessageRows } from "./message-rows.ts";

let database: Database;
let close: () => Promise<void>;
let rows: MessageRows;
beforeEach(() => {
  ({ database, close } = temporaryDatabase());
  rows = new MessageRows(database, new DueIndex(database));
  database.exec(`
    CREATE TABLE written (what TEXT);
    CREATE TRIGGER inserted AFTER INSERT ON messages BEGIN INSERT INTO written VALUES ('insert'); END;
    CREATE TRIGGER updated AFTER UPDATE ON messages BEGIN INSERT INTO written VALUES ('update'); END;`);
});
afterEach(() => close());

const written = () =>
  database
    .prepare("SELECT what FROM written")
    .all()
    .map(({ what }) => what);
const inFile = (messageId: string) => {
  const row = database
    .prepare("SELECT document, due_at AS dueAt FROM messages WHERE message_id = ?")
    .get(messageId);
  return row && { ...(JSON.parse(String(row.document)) as Message), dueAt: row.dueAt };
};
const add = () => {
  const message = buildMessage();
  database.write(() => rows.add(message));
  return message.messageId;
};
const take = (messageId: string, ...names: StepName[]) => {
  for (const name of names) {
    database.write(() => {
      const row = rows.find(messageId);
      const message = row && perform(stepOf(name, row.message), row.message);
      if (!message) throw new Error(`${name} is not possible`);
      rows.put({ number: row.number, message }, row.message);
    });
  }
};

it("of a group of writes the last state of a message is written, once", async () => {
  const messageId = add();
  take(messageId, "enqueue", "claim");
  expect(rows.find(messageId)?.message.status).toBe("PROCESSING");
  expect(inFile(messageId)).toBeUndefined();
  await database.settled();
  expect(written()).toEqual(["insert"]);
  expect(inFile(messageId)).toEqual(rows.find(messageId)?.message);
});

it("of a message that had a row, too", async () => {
  const messageId = add();
  await database.settled();
  take(messageId, "enqueue", "claim", "completeFirst");
  await database.settled();
  expect(written()).toEqual(["insert", "update"]);
  expect(inFile(messageId)).toMatchObject({ status: "COMPLETED", dueAt: null });
});

it("a message that is written again after a search is written again", async () => {
  const messageId = add();
  database.flush();
  take(messageId, "enqueue");
  await database.settled();
  expect(written()).toEqual(["insert", "update"]);
  expect(inFile(messageId)).toMatchObject({ status: "QUEUED" });
});

it("nothing of a group that was undone is known, or written with the next", async () => {
  const kept = add();
  await database.settled();
  take(kept, "enqueue");
  const lost = add();
  expect(() => database.write(() => database.exec("INSERT INTO nowhere VALUES (1)"))).toThrow();
  expect(rows.find(lost)).toBeUndefined();
  expect(rows.find(kept)?.message.status).toBe("PENDING");
  await database.whenSafe(() => database.write(() => undefined));
  expect(written()).toEqual(["insert"]);
});

it("a row that cannot be written undoes its group, before the commit", async () => {
  database.exec("CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no room'); END;");
  const messageId = add();
  await expect(database.settled()).rejects.toMatchObject({ mayHaveTakenEffect: false });
  expect(rows.find(messageId)).toBeUndefined();
});
