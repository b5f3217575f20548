import { DynamoDBClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { listDueRows } from "./list-messages.ts";
import { type Item, MESSAGE_KEY } from "./message-item.ts";

const client = new DynamoDBClient({ region: "eu-central-1" });
const aws = mockClient(client);
const NINE_O_CLOCK = 1_798_095_600_000;

/** Ids in an order that is not theirs, as DynamoDB hands out rows of one time. */
function idsInDisorder(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `msg_${String((n * 7_919) % count).padStart(26, "0")}`);
}

/** An index with one partition, whose rows are all of one time. At most 1 MB a page, as DynamoDB has it. */
function serve(ids: readonly string[]): void {
  const rowsOf1Mb = 8_000;
  const rows = ids.map(
    (id): Item => ({ pk: { S: id }, sk: { S: MESSAGE_KEY }, dueAt: { N: String(NINE_O_CLOCK) } }),
  );
  aws.on(QueryCommand).callsFake(({ ExclusiveStartKey, Limit = rowsOf1Mb }: QueryCommandInput) => {
    const from = ExclusiveStartKey === undefined ? 0 : ids.indexOf(ExclusiveStartKey.pk?.S ?? "") + 1;
    const Items = rows.slice(from, from + Math.min(Limit, rowsOf1Mb));
    return { Items, ...(from + Items.length < rows.length ? { LastEvaluatedKey: Items.at(-1) } : {}) };
  });
}

beforeEach(() => {
  aws.reset();
});

describe("a list in which tens of thousands have one time", () => {
  it("is in the order of their ids, and costs a few calls: they follow each other", async () => {
    const ids = idsInDisorder(30_000);
    serve(ids);
    const reader = { client, tableName: "table", shards: 1 };
    const inOrder = ids.toSorted();

    const first = await listDueRows(reader, { limit: 100 });
    expect(first.map(({ messageId }) => messageId)).toEqual(inOrder.slice(0, 100));
    const after = first.at(-1);
    const second = await listDueRows(reader, { limit: 100, ...(after && { after }) });
    expect(second.map(({ messageId }) => messageId)).toEqual(inOrder.slice(100, 200));
    expect(aws.calls().length).toBeLessThanOrEqual(2 * 10);
  });

  it("costs one call, of one row more than wanted, where the times differ", async () => {
    aws.on(QueryCommand).callsFake(({ Limit = 0 }: QueryCommandInput) => {
      const Items = Array.from({ length: Limit }, (_, n) => ({
        pk: { S: `msg_${n}` },
        sk: { S: MESSAGE_KEY },
        dueAt: { N: String(NINE_O_CLOCK + n) },
      }));
      return { Items, LastEvaluatedKey: Items.at(-1) };
    });
    await listDueRows({ client, tableName: "table", shards: 1 }, { limit: 100 });
    expect(aws.calls().map(({ args }) => args[0].input)).toMatchObject([{ Limit: 101 }]);
  });
});
