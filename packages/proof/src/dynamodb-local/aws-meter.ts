/** Counts what calls to AWS cost: units as DynamoDB itself reports them, requests, and how many waited for others. */
import type { ConsumedCapacity, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";

export interface AwsUse {
  /** Write request units; refused conditional writes are not among them, although AWS bills those too. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Requests to DynamoDB that write, the refused ones included, and to read. */
  readonly writes: number;
  readonly reads: number;
  /** Conditional writes that DynamoDB refused. */
  readonly refused: number;
  /** Requests to SQS. */
  readonly sqs: number;
  /** The longest chain of requests each of which began only after the one before it had been answered. */
  readonly roundTrips: number;
}

interface Call {
  readonly kind: "write" | "read" | "sqs";
  readonly units: number;
  readonly refused: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

const WRITES = new Set(["PutItemCommand", "UpdateItemCommand", "DeleteItemCommand", "BatchWriteItemCommand"]);

export class AwsMeter {
  #calls: Call[] = [];
  /** Counts up with every start and end, so that two of them are never the same. */
  #moment = 0;

  watchDynamoDb(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const kind = WRITES.has(context.commandName ?? "") ? "write" : "read";
        const startedAt = ++this.#moment;
        const note = (units: number, refused: boolean) =>
          this.#calls.push({ kind, units, refused, startedAt, endedAt: ++this.#moment });
        try {
          const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
          note(unitsOf(result.output), false);
          return result;
        } catch (error) {
          note(0, error instanceof Error && error.name === "ConditionalCheckFailedException");
          throw error;
        }
      },
      { step: "initialize", name: "homingAwsMeter" },
    );
  }

  watchSqs(client: SQSClient): void {
    client.middlewareStack.add(
      (next) => async (args) => {
        const startedAt = ++this.#moment;
        try {
          return await next(args);
        } finally {
          this.#calls.push({
            kind: "sqs",
            units: 0,
            refused: false,
            startedAt,
            endedAt: ++this.#moment,
          });
        }
      },
      { step: "initialize", name: "homingAwsMeter" },
    );
  }

  /** What `work` used; nothing else may call AWS meanwhile. */
  async measure(work: () => Promise<unknown>): Promise<AwsUse> {
    this.#calls = [];
    await work();
    const calls = this.#calls;
    const sum = (kind: Call["kind"]) =>
      calls.filter((call) => call.kind === kind).reduce((units, call) => units + call.units, 0);
    const count = (kind: Call["kind"]) => calls.filter((call) => call.kind === kind).length;
    return {
      writeUnits: sum("write"),
      readUnits: sum("read"),
      writes: count("write"),
      reads: count("read"),
      refused: calls.filter((call) => call.refused).length,
      sqs: count("sqs"),
      roundTrips: longestChain(calls),
    };
  }
}

function unitsOf(output: object): number {
  const { ConsumedCapacity: consumed } = output as {
    ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
  };
  if (consumed === undefined) throw new Error("DynamoDB did not say what the call cost.");
  return [consumed].flat().reduce((units, one) => units + (one.CapacityUnits ?? 0), 0);
}

function longestChain(calls: readonly Call[]): number {
  const byStart = [...calls].sort((a, b) => a.startedAt - b.startedAt);
  const lengths = new Map<Call, number>();
  for (const call of byStart) {
    const before = byStart.filter((other) => other.endedAt < call.startedAt);
    lengths.set(call, 1 + Math.max(0, ...before.map((other) => lengths.get(other) ?? 0)));
  }
  return Math.max(0, ...lengths.values());
}
