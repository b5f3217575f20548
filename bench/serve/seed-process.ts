/**
 * Fills a server's database before it starts: `seed-process.ts FOLDER FINISHED QUEUED TARGET`, so many messages that are
 * done with, and so many that are queued for the target.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@homing/core/clock";
import { encodeCopy } from "@homing/core/message/copy";
import { newMessageId } from "@homing/core/message/message-id";
import { perform } from "@homing/core/message/transition";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { buildMessage } from "@homing/core/testing/build-message";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { DATABASE_FILE, openDatabase } from "@homing/server/sqlite/open-database";
import { createStorage } from "@homing/server/sqlite/storage";
import { messageOf } from "../lambda/events.ts";

const [, , folder = "", finished = "0", queued = "0", target = ""] = process.argv;
const GROUP = 500;

mkdirSync(folder, { mode: 0o700, recursive: true });
const database = openDatabase(folder, join(folder, DATABASE_FILE), {});
const { atOnce, queue } = createStorage(database, systemClock, DEFAULT_SETTINGS, 1);

async function seed(count: number, steps: readonly StepName[], isQueued: boolean): Promise<void> {
  const first = Date.now() - count;
  for (let index = 0; index < count; index += 1) {
    const createdAt = first + index;
    const { body, headers, metadata } = messageOf(1_024);
    const payload = {
      targetUrl: `${target}/seeded-${index}`,
      method: "POST",
      headers,
      metadata,
      body: JSON.stringify(body),
    };
    let message = buildMessage({
      createdAt,
      messageId: newMessageId(createdAt),
      dueAt: Date.now() + DEFAULT_SETTINGS.queueDeadlineMs,
    });
    for (const step of steps) message = perform(stepOf(step, message), message) ?? message;
    await atOnce.store.insert(message);
    await atOnce.store.putPayload(message, payload, Date.now() + 2 * DEFAULT_SETTINGS.retentionMs);
    const { messageId, senderId, correlationId } = message;
    if (isQueued)
      await atOnce.queue.send(
        [{ messageId, senderId, correlationId, body: encodeCopy(message, payload), delaySeconds: 0 }],
        1,
      );
    if (index % GROUP === GROUP - 1) await database.settled();
  }
  await database.settled();
}

await seed(Number(finished), ["enqueue", "claim", "completeFirst"], false);
await seed(Number(queued), ["enqueue"], true);
queue.close();
database.close();
process.send?.({ seeded: true });
process.disconnect?.();
