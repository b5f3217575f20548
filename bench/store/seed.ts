/** Fills a table with messages as they would be stored, many at a time. */
import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Message, Payload } from "@homing/core/message/message";
import { newMessageId } from "@homing/core/message/message-id";
import { payloadExpiresAt } from "@homing/core/message/payload-expiry";
import { perform } from "@homing/core/message/transition";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { DEFAULT_SHARDS } from "@homing/core/store/table-definition";
import { buildMessage } from "@homing/core/testing/build-message";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { encodeMessage, encodePayload, type Item } from "@homing/functions/aws/message-item";

const BATCH = 25;
const BATCHES_AT_ONCE = 4;

export interface Seed {
  readonly count: number;
  readonly steps: readonly StepName[];
  /** When the first was accepted; each later one a millisecond after it. */
  readonly acceptedAt: number;
  /** Absent: without a payload, which nothing but lists and sends ever reads. */
  readonly payload?: Payload;
  /** Attributes that differ from what the steps make. */
  readonly over?: Partial<Message>;
}

export async function seedTable(client: DynamoDBClient, tableName: string, seed: Seed): Promise<void> {
  const items = itemsOf(seed);
  const lane = async () => {
    for (let batch = next(items, BATCH); batch.length > 0; batch = next(items, BATCH))
      await write(client, tableName, batch);
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, lane));
}

/** At most 25 messages, without payloads. */
export function seedMessages(client: DynamoDBClient, tableName: string, messages: readonly Message[]) {
  return write(client, tableName, messages.map(encodeMessage));
}

async function write(client: DynamoDBClient, tableName: string, items: readonly Item[]): Promise<void> {
  const RequestItems = { [tableName]: items.map((Item) => ({ PutRequest: { Item } })) };
  await client.send(new BatchWriteItemCommand({ RequestItems }));
}

/** The messages of a seed, one after the other: all at once they would not fit in memory. */
export function* messagesOf({ count, steps, acceptedAt, over = {} }: Seed): Generator<Message> {
  for (let index = 0; index < count; index += 1) {
    const createdAt = acceptedAt + index;
    let message = buildMessage({ createdAt, messageId: newMessageId(createdAt) });
    for (const step of steps) message = perform(stepOf(step, message), message) ?? message;
    yield { ...message, ...over };
  }
}

function* itemsOf(seed: Seed): Generator<Item> {
  const { retentionMs } = DEFAULT_SETTINGS;
  for (const message of messagesOf(seed)) {
    yield encodeMessage(message, DEFAULT_SHARDS);
    if (seed.payload === undefined) continue;
    const expiresAt = payloadExpiresAt(message.createdAt, undefined, retentionMs);
    yield encodePayload(message, seed.payload, expiresAt);
  }
}

/** The next so many values; fewer at the end. `take` of an iterator would close the generator. */
export function next<Value>(values: Iterator<Value>, count: number): Value[] {
  const taken: Value[] = [];
  while (taken.length < count) {
    const { value, done } = values.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
