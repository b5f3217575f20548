/**
 * The one table, declared once: the SST definition, the local stack and the contract tests all read this.
 * Plain data, so that infrastructure code can import it without pulling in any of the runtime.
 */

/** Type of a key attribute, as DynamoDB names it: S a string, N a number. */
export type KeyAttributeType = "S" | "N";

export interface IndexDefinition {
  readonly hashKey: string;
  readonly rangeKey: string;
}

export const tableDefinition = {
  /** Key attributes only: DynamoDB refuses attribute definitions that no key uses. */
  keyAttributes: {
    pk: "S",
    sk: "S",
    listKey: "S",
    createdAt: "N",
    dueShard: "S",
    dueAt: "N",
    senderKey: "S",
  } satisfies Record<string, KeyAttributeType>,
  primaryIndex: { hashKey: "pk", rangeKey: "sk" },
  /**
   * All project keys only: a row is a hint, whoever reads one re-reads the item. A wider projection would
   * make every transition pay for a changed projected attribute.
   */
  indexes: {
    /** OPEN, COMPLETED, FAILED, CANCELLED or ROLLED_BACK by shard, by time of acceptance. */
    list: { hashKey: "listKey", rangeKey: "createdAt" },
    /** Sparse: only unfinished messages carry `dueShard` and `dueAt`. */
    due: { hashKey: "dueShard", rangeKey: "dueAt" },
    /** One sender's messages by shard, by time of acceptance. */
    sender: { hashKey: "senderKey", rangeKey: "createdAt" },
  } satisfies Record<string, IndexDefinition>,
  projection: "keys-only",
  /** DynamoDB deletes items past this attribute (epoch seconds), some days late: readers check it too. */
  ttlAttribute: "expiresAt",
} as const;

export type IndexName = keyof typeof tableDefinition.indexes;

/**
 * Every index partition is split into this many. DynamoDB takes 1,000 write units a second on one partition
 * key, and a message writes at most twice to the same one (it comes and goes), so 4 shards carry some 2,000
 * messages a second. Lists read every shard: more shards make each list dearer. Changing it needs a migration.
 */
export const SHARDS = 4;
