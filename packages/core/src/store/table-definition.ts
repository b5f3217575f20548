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
    endpointKey: "S",
    attentionKey: "S",
  } satisfies Record<string, KeyAttributeType>,
  primaryIndex: { hashKey: "pk", rangeKey: "sk" },
  /**
   * All project keys only: a row is a hint, whoever reads one re-reads the item. A wider projection would
   * make every transition pay for a changed projected attribute.
   */
  indexes: {
    /** LIVE, ROLLED_BACK, FAILED or CANCELLED by shard, by time of acceptance. */
    list: { hashKey: "listKey", rangeKey: "createdAt" },
    /** Sparse: what waits for a time carries `dueShard` and `dueAt`: unfinished messages, events, endpoints, lanes. */
    due: { hashKey: "dueShard", rangeKey: "dueAt" },
    /** One sender's messages by shard, by time of acceptance. */
    sender: { hashKey: "senderKey", rangeKey: "createdAt" },
    /** One endpoint's messages by shard, by time of acceptance. Sparse: only deliveries have an endpoint. */
    endpoint: { hashKey: "endpointKey", rangeKey: "createdAt" },
    /**
     * What calls for attention, by shard, by time of acceptance. Sparse: one sender's FAILED messages, what one endpoint
     * holds, or has put off until its slot, endpoints that are not ACTIVE, or fail.
     */
    attention: { hashKey: "attentionKey", rangeKey: "createdAt" },
  } satisfies Record<string, IndexDefinition>,
  projection: "keys-only",
  /** DynamoDB deletes items past this attribute (epoch seconds), some days late: readers check it too. */
  ttlAttribute: "expiresAt",
} as const;

export type IndexName = keyof typeof tableDefinition.indexes;

/**
 * Every index partition is split into this many, unless the stage sets more. DynamoDB takes 1,000 write units a
 * second on one partition key, and a message writes at most twice to the same one (it comes and goes), so 4 shards
 * carry some 2,000 messages a second. Lists read every shard: more shards make each list dearer.
 *
 * It may be raised at any time: writers write the new shards, readers read all of them, and what was written before
 * lies in some of them. It must never be lowered: nobody would look into the shards beyond.
 */
export const DEFAULT_SHARDS = 4;
/** A list reads every shard of every group at once. */
export const MAX_SHARDS = 256;
