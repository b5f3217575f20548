import { DynamoDBClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { IdQuery, ListPosition } from "@homing/core/store/message-store";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { findIdRows } from "./find-ids.ts";
import type { Item } from "./message-item.ts";

const client = new DynamoDBClient({ region: "eu-central-1" });
const aws = mockClient(client);
const reader = { client, tableName: "table", shards: 2 };
const NINE_O_CLOCK = 1_798_095_600_000;

const PART = { text: "WANTED", isBeginning: false };
const idOf = (n: number, wanted: boolean) =>
  `msg_${wanted ? "WANTED" : "OTHERS"}${String(n).padStart(20, "0")}`;

/** One sender's rows in two partitions, newest first; those of one time in the order in which they are given. */
function serve(partitions: readonly [readonly Item[], readonly Item[]]): void {
  aws.on(QueryCommand).callsFake((input: QueryCommandInput) => {
    const values = input.ExpressionAttributeValues ?? {};
    const all = partitions[values[":partition"]?.S?.endsWith("0") ? 0 : 1];
    const timeOf = (row: Item) => Number(row.createdAt?.N);
    const [from, to] = [Number(values[":from"]?.N), Number(values[":to"]?.N)];
    const inOrder = all.toSorted((a, b) => timeOf(b) - timeOf(a));
    const rows = inOrder.filter((row) => timeOf(row) >= from && timeOf(row) <= to);
    const start = rows.findIndex((row) => row.pk?.S === input.ExclusiveStartKey?.pk?.S) + 1;
    const Items = rows.slice(start, start + (input.Limit ?? rows.length));
    const last = Items.at(-1);
    return { Items, ...(last && start + Items.length < rows.length ? { LastEvaluatedKey: last } : {}) };
  });
}

const rowOf = (n: number, createdAt: number, wanted: boolean): Item => ({
  pk: { S: idOf(n, wanted) },
  createdAt: { N: String(createdAt) },
});

async function looks(query: Omit<IdQuery, "after">, lookedRows: number) {
  const pages: string[][] = [];
  let after: ListPosition | undefined;
  do {
    const page = await findIdRows(reader, { ...query, ...(after ? { after } : {}) }, lookedRows);
    pages.push(page.rows.map(({ messageId }) => messageId));
    after = page.next;
  } while (after);
  return pages;
}

beforeEach(() => {
  aws.reset();
});

describe("looking for part of an id", () => {
  it("costs one bounded call of each partition", async () => {
    serve([Array.from({ length: 50 }, (_, n) => rowOf(n, NINE_O_CLOCK - n, false)), []]);
    const { rows, next } = await findIdRows(reader, { part: PART, senderId: "acme" }, 20);
    expect(rows).toEqual([]);
    expect(next?.createdAt).toBe(NINE_O_CLOCK - 9);
    expect(aws.calls().map(({ args }) => args[0].input)).toMatchObject([{ Limit: 10 }, { Limit: 10 }]);
  });

  it("leaves nobody out, and shows each once, though partitions are filled unevenly", async () => {
    const dense = Array.from({ length: 90 }, (_, n) => rowOf(n, NINE_O_CLOCK - n, n % 7 === 0));
    const thin = Array.from({ length: 9 }, (_, n) => rowOf(100 + n, NINE_O_CLOCK - 10 * n - 5, true));
    serve([dense, thin]);
    const wanted = [...dense, ...thin]
      .filter((row) => row.pk?.S?.includes("WANTED"))
      .toSorted(
        (a, b) =>
          Number(b.createdAt?.N) - Number(a.createdAt?.N) || ((a.pk?.S ?? "" > (b.pk?.S ?? "")) ? -1 : 1),
      )
      .map((row) => row.pk?.S);
    const pages = await looks({ part: PART, senderId: "acme" }, 20);
    expect(pages.flat()).toEqual(wanted);
    expect(pages.length).toBeGreaterThan(5);
    const since = NINE_O_CLOCK - 30;
    expect((await looks({ part: PART, senderId: "acme", since }, 20)).flat()).toEqual(
      wanted
        .slice(0, pages.flat().length)
        .filter((id) =>
          [...dense, ...thin].some((row) => row.pk?.S === id && Number(row.createdAt?.N) >= since),
        ),
    );
  });

  it("goes on where more have one time than a call reads", async () => {
    const same = Array.from({ length: 60 }, (_, n) => rowOf((n * 7) % 60, NINE_O_CLOCK, true));
    serve([[...same, rowOf(99, NINE_O_CLOCK - 1, true)], [rowOf(98, NINE_O_CLOCK + 1, true)]]);
    const inOrder = Array.from({ length: 60 }, (_, n) => idOf(59 - n, true));
    const pages = await looks({ part: PART, senderId: "acme" }, 20);
    expect(pages.flat()).toEqual([idOf(98, true), ...inOrder, idOf(99, true)]);
  });
});
