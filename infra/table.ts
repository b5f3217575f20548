import { tableDefinition } from "../packages/core/src/store/table-definition.ts";
import { stage } from "./this-stage.ts";

const FIELD_TYPES = { S: "string", N: "number" } as const;

const fields = Object.fromEntries(
  Object.entries(tableDefinition.keyAttributes).map(([name, type]) => [name, FIELD_TYPES[type]]),
);

const globalIndexes = Object.fromEntries(
  Object.entries(tableDefinition.indexes).map(([name, index]) => [
    name,
    { ...index, projection: tableDefinition.projection },
  ]),
);

/** On demand, with point-in-time recovery (SST's default, asserted in the tests). */
export const table = new sst.aws.Dynamo("Table", {
  fields,
  primaryIndex: tableDefinition.primaryIndex,
  globalIndexes,
  ttl: tableDefinition.ttlAttribute,
  deletionProtection: stage.deletionProtection,
});

/**
 * Names the table and permits nothing: a linked Dynamo component would grant `dynamodb:*`. What a function
 * may do stands in its own file.
 */
export const tableLink = new sst.Linkable("HomingTable", { properties: { name: table.name } });

/** ARN of one index, as a policy names it. */
export function indexArn(name: keyof typeof tableDefinition.indexes): $util.Output<string> {
  return $interpolate`${table.arn}/index/${name}`;
}
