import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@homing/core/store/table-definition";

/** What a server says about a table, in the words of the shared definition, to be compared with it. */
export interface TableDescription {
  readonly keyAttributes: Readonly<Record<string, string>>;
  readonly primaryIndex: IndexKeys;
  readonly indexes: Readonly<Record<string, IndexKeys>>;
  /** `keys-only` if every index projects nothing but keys, else DynamoDB's own names. */
  readonly projection: string;
  readonly onDemand: boolean;
}

interface IndexKeys {
  readonly hashKey: string;
  readonly rangeKey: string;
}

const LONGEST_WAIT_SECONDS = 60;

/**
 * Creates the table of the shared definition if it is missing, and resolves once it can be used.
 * The table's data are left alone.
 *
 * @throws Error if a table of that name has other keys or indexes.
 */
export async function provisionTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await createIfMissing(client, tableName);
  await waitUntilTableExists(
    { client, maxWaitTime: LONGEST_WAIT_SECONDS, minDelay: 0.02, maxDelay: 1 },
    { TableName: tableName },
  );
  refuseForeignTable(tableName, await describeTable(client, tableName));
  await enableExpiry(client, tableName);
}

async function createIfMissing(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(new DescribeTableCommand({ TableName: tableName }));
    return;
  } catch (error) {
    if (!isNamed(error, "ResourceNotFoundException")) throw error;
  }
  try {
    await client.send(createTableCommand(tableName));
  } catch (error) {
    // Somebody else has just created it.
    if (!isNamed(error, "ResourceInUseException")) throw error;
  }
}

function createTableCommand(tableName: string): CreateTableCommand {
  const { keyAttributes, primaryIndex, indexes } = tableDefinition;
  return new CreateTableCommand({
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: Object.entries(keyAttributes).map(([name, type]) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: keySchema(primaryIndex),
    GlobalSecondaryIndexes: Object.entries(indexes).map(([name, keys]) => ({
      IndexName: name,
      KeySchema: keySchema(keys),
      Projection: { ProjectionType: "KEYS_ONLY" },
    })),
  });
}

function keySchema({ hashKey, rangeKey }: IndexKeys): KeySchemaElement[] {
  return [
    { AttributeName: hashKey, KeyType: "HASH" },
    { AttributeName: rangeKey, KeyType: "RANGE" },
  ];
}

/** dynalite has no expiry; nothing depends on it, because readers treat an expired item as absent. */
async function enableExpiry(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    const { TimeToLiveDescription } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: tableName }),
    );
    const status = TimeToLiveDescription?.TimeToLiveStatus;
    if (status === "ENABLED" || status === "ENABLING") return;
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: tableDefinition.ttlAttribute, Enabled: true },
      }),
    );
  } catch (error) {
    if (!isNamed(error, "UnknownOperationException")) throw error;
  }
}

export async function describeTable(client: DynamoDBClient, tableName: string): Promise<TableDescription> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const indexes = Table?.GlobalSecondaryIndexes ?? [];
  const projections = new Set(indexes.map((index) => index.Projection?.ProjectionType ?? "ALL"));
  return {
    keyAttributes: Object.fromEntries(
      (Table?.AttributeDefinitions ?? []).map((key) => [key.AttributeName ?? "", key.AttributeType ?? ""]),
    ),
    primaryIndex: indexKeys(Table?.KeySchema),
    indexes: Object.fromEntries(indexes.map((index) => [index.IndexName ?? "", indexKeys(index.KeySchema)])),
    projection: [...projections].join() === "KEYS_ONLY" ? "keys-only" : [...projections].sort().join(),
    onDemand: Table?.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST",
  };
}

function indexKeys(schema: readonly KeySchemaElement[] = []): IndexKeys {
  const nameOf = (type: "HASH" | "RANGE") => schema.find((key) => key.KeyType === type)?.AttributeName ?? "";
  return { hashKey: nameOf("HASH"), rangeKey: nameOf("RANGE") };
}

function refuseForeignTable(tableName: string, found: TableDescription): void {
  const { primaryIndex, indexes } = tableDefinition;
  const same = (a: IndexKeys | undefined, b: IndexKeys) =>
    a?.hashKey === b.hashKey && a.rangeKey === b.rangeKey;
  const differs =
    !same(found.primaryIndex, primaryIndex) ||
    Object.entries(indexes).some(([name, keys]) => !same(found.indexes[name], keys));
  if (differs) {
    throw new Error(
      `The table "${tableName}" exists with other keys or indexes than Homing's; delete or rename it.`,
    );
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
