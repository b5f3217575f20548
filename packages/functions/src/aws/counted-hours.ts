/** What was counted in whole hours, by quarters of an hour: an item for each, which outlives the minutes it is made of. */
import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { DAY, HOUR } from "@homing/core/duration";
import {
  COUNTED,
  type Counts,
  noCounts,
  QUARTER_MS,
  QUARTERS_KEPT_MS,
  type QuarterCounts,
} from "@homing/core/stats/counters";
import { quartersOf } from "@homing/core/stats/quarters";
import { encodeExpiry, type Item } from "./message-item.ts";

const PARTITION: AttributeValue = { S: "stats#hours" };

export class CountedHours {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** Of all the minutes of that hour: written again, it is the same or knows more. */
  async write(hour: number, minutes: Iterable<readonly [number, Counts]>): Promise<void> {
    const starts = Array.from({ length: HOUR / QUARTER_MS }, (_, index) => hour + index * QUARTER_MS);
    const quarters = quartersOf(minutes, starts);
    const counts = COUNTED.map((name): [string, AttributeValue] => [
      name,
      { L: quarters.map((quarter) => ({ N: String(quarter[name]) })) },
    ]);
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#tableName,
        Item: {
          pk: PARTITION,
          sk: { S: hourKey(hour) },
          expiresAt: encodeExpiry(hour + QUARTERS_KEPT_MS + DAY),
          ...Object.fromEntries(counts),
        },
      }),
    );
  }

  /** The quarters from one hour to another, the latter left out; an hour that was never written has none. */
  async read(from: number, to: number): Promise<readonly QuarterCounts[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: {
          ":pk": PARTITION,
          ":from": { S: hourKey(from) },
          ":to": { S: hourKey(to - 1) },
        },
      }),
    );
    return Items.flatMap(quartersOfItem);
  }
}

function quartersOfItem(item: Item): QuarterCounts[] {
  const hour = Date.parse(`${item.sk?.S?.slice("hour#".length)}:00Z`);
  return Array.from({ length: HOUR / QUARTER_MS }, (_, index) => {
    const counts = noCounts();
    for (const name of COUNTED) counts[name] = Number(item[name]?.L?.[index]?.N ?? 0);
    return { quarter: hour + index * QUARTER_MS, ...counts };
  });
}

function hourKey(ms: number): string {
  return `hour#${new Date(ms).toISOString().slice(0, 13)}`;
}
