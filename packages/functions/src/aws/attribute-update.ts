/** An item's next revision, of attributes that are known by their names alone. */
import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { READABLE_FORMAT, readableCondition } from "./item-format.ts";
import type { Item } from "./message-item.ts";

interface AttributeChange {
  /** Which must still be there. */
  readonly revision: number;
  /** What must hold besides; its names and values have words for placeholders. */
  readonly when?: readonly string[];
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
  readonly set: Item;
  readonly remove: readonly string[];
}

type AttributeUpdate = Pick<
  UpdateItemCommandInput,
  "ConditionExpression" | "UpdateExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;

/** Many of our names are reserved words of DynamoDB: all of them go under placeholders, `#0` for names, `:0` for values. */
export function attributeUpdate(change: AttributeChange): AttributeUpdate {
  const { revision, when = [], names = {}, values = {}, remove } = change;
  const set = Object.entries(change.set);
  const sets = set.map((_, at) => `#${at} = :${at}`).join(", ");
  const removes = remove.map((_, at) => `#${set.length + at}`).join(", ");
  return {
    ConditionExpression: ["#revision = :revision", ...when, readableCondition("#format", ":format")].join(
      " AND ",
    ),
    UpdateExpression: `SET ${sets}${removes === "" ? "" : ` REMOVE ${removes}`}`,
    ExpressionAttributeNames: {
      ...Object.fromEntries([...set.map(([name]) => name), ...remove].map((name, at) => [`#${at}`, name])),
      ...names,
      "#revision": "revision",
      "#format": "format",
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(set.map(([, value], at) => [`:${at}`, value])),
      ...values,
      ":revision": { N: String(revision) },
      ":format": { N: String(READABLE_FORMAT) },
    },
  };
}
