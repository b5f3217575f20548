/**
 * Every other process runs a newer version: this one, which adds an attribute to each item it writes and a field to each
 * copy it sends. The present version must neither lose what it does not know nor stumble over it: during every
 * deployment both run side by side for minutes.
 */
import {
  type AttributeValue,
  DynamoDBClient,
  ScanCommand,
  type ScanCommandOutput,
} from "@aws-sdk/client-dynamodb";
import type { OutgoingCopy } from "@homing/core/queue/message-queue";
import { DynamoDbEventStore } from "@homing/functions/aws/dynamodb-event-store";
import { DynamoDbLaneStore } from "@homing/functions/aws/dynamodb-lane-store";
import { DynamoDbMessageStore } from "@homing/functions/aws/dynamodb-message-store";
import { dynamoDbClientConfig } from "@homing/local/embedded/clients";
import type { EmbeddedStack } from "@homing/local/testing/embedded-stack";
import { embeddedBackend } from "../prove/embedded-backend.ts";
import type { InnerQueue } from "../prove/simulate/simulated-queue.ts";
import { StepwiseDynamoDbEndpoints } from "../prove/simulate/stepwise-endpoints.ts";
import type { MakeBackend } from "../prove/simulate/world.ts";

type Item = Record<string, AttributeValue>;

/** What the newer version adds: `#` in its name, so that no version has ever had it. */
const ADDED = "added#later";
const VALUE: AttributeValue = { S: "kept" };

/** `present` makes the present version's store; a mutant of it loses what it does not know. */
export function twoVersions(
  stack: EmbeddedStack,
  present: typeof DynamoDbMessageStore = DynamoDbMessageStore,
): MakeBackend {
  const makeBackend = embeddedBackend(stack, present);
  return async (clock, setup) => {
    const backend = await makeBackend(clock, setup);
    const newer = new NewerWrites(stack);
    return {
      ...backend,
      next: {
        store: new DynamoDbMessageStore(newer.client, backend.tableName, clock),
        events: new DynamoDbEventStore(newer.client, backend.tableName, clock),
        endpoints: new StepwiseDynamoDbEndpoints(newer.client, backend.tableName, clock),
        lanes: new DynamoDbLaneStore(newer.client, backend.tableName, clock, undefined, setup.linePlaces),
        queue: sendingMore(backend.queue),
      },
      audit: () => newer.lostIn(backend.tableName),
    };
  };
}

/** A client whose every write adds the attribute, and remembers to which item. */
class NewerWrites {
  readonly client: DynamoDBClient;
  readonly #written = new Map<string, string>();

  constructor({ connections }: EmbeddedStack) {
    this.client = new DynamoDBClient(dynamoDbClientConfig(connections.dynamodb));
    this.client.middlewareStack.add(
      (next) => async (args) => {
        const written = addTo(args.input as WriteInput);
        const result = await next(args);
        for (const item of written) this.#written.set(keyOf(item), lifeOf(item));
        return result;
      },
      { step: "initialize", name: "newerVersion" },
    );
  }

  /** Says which item has lost what the newer version added, if one has. */
  async lostIn(tableName: string): Promise<string | undefined> {
    let start: Item | undefined;
    try {
      do {
        const input = { TableName: tableName, ...(start ? { ExclusiveStartKey: start } : {}) };
        const page: ScanCommandOutput = await this.client.send(new ScanCommand(input));
        for (const item of page.Items ?? []) {
          const life = this.#written.get(keyOf(item));
          // An item that replaced an expired one under the same key is another one.
          const isSame = life !== undefined && (life === "" || life === lifeOf(item));
          if (isSame && item[ADDED] === undefined) {
            return `the item ${keyOf(item)} has lost what a newer version had written to it`;
          }
        }
        start = page.LastEvaluatedKey;
      } while (start);
      return undefined;
    } finally {
      this.client.destroy();
    }
  }
}

/** The inputs of the commands that write; a command has one of these forms. */
interface WriteInput {
  Item?: Item;
  Key?: Item;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
  RequestItems?: Record<string, { PutRequest?: { Item?: Item } }[] | { Keys?: Item[] }>;
}

/** Adds the attribute to what the command writes; answers the items, or their keys. */
function addTo(input: WriteInput): Item[] {
  if (input.Item) {
    input.Item[ADDED] = VALUE;
    return [input.Item];
  }
  if (input.UpdateExpression?.startsWith("SET ") && input.Key) {
    input.UpdateExpression = input.UpdateExpression.replace("SET ", "SET #added = :added, ");
    input.ExpressionAttributeNames = { ...input.ExpressionAttributeNames, "#added": ADDED };
    input.ExpressionAttributeValues = { ...input.ExpressionAttributeValues, ":added": VALUE };
    return [input.Key];
  }
  const requests = Object.values(input.RequestItems ?? {}).flatMap((one) => (Array.isArray(one) ? one : []));
  const items = requests.flatMap(({ PutRequest }) => (PutRequest?.Item ? [PutRequest.Item] : []));
  for (const item of items) item[ADDED] = VALUE;
  return items;
}

function keyOf(item: Item): string {
  return `${item.pk?.S} ${item.sk?.S}`;
}

/** Tells a message from a later one under the same id; "" where it cannot be told. */
function lifeOf(item: Item): string {
  return item.createdAt?.N ?? "";
}

/** The queue as the newer version uses it: its copies say more. */
function sendingMore(queue: InnerQueue): InnerQueue {
  const more = (copy: OutgoingCopy): OutgoingCopy => ({
    ...copy,
    body: copy.body.replace("{", `{"${ADDED}":{"of":[1,"x"]},`),
  });
  return {
    send: (copies, timeoutMs) => queue.send(copies.map(more), timeoutMs),
    receive: (limit) => queue.receive(limit),
    show: (receipt) => queue.show(receipt),
    delete: (receipt) => queue.delete(receipt),
    receiveDead: () => queue.receiveDead(),
    deleteDead: (receipt) => queue.deleteDead(receipt),
    depth: () => queue.depth(),
    deadLetters: () => queue.deadLetters(),
  };
}
