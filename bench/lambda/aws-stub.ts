/**
 * DynamoDB and SQS within the process, in place of the SDK's HTTP layer: every call runs through all of the
 * SDK but its sockets. Understands what Homing sends, and nothing else.
 */
import { createHash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export interface StubbedCall {
  /** `PutItem`, `SendMessage`, … */
  readonly operation: string;
  /** What the SDK was given; for these JSON protocols it is what travels. */
  readonly input: Record<string, unknown>;
}

type Item = Record<string, AttributeValue>;
export type StubbedItem = Readonly<Item>;
type Answer = (input: never, items: Map<string, Item>) => object;

const ANSWERS: Readonly<Record<string, Answer>> = {
  PutItem: ({ Item: item }: { Item: Item }, items) => {
    if (item.sk?.S === "message") items.set(item.pk?.S ?? "", item);
    return {};
  },
  // Keys and senders: there are none but the operator's.
  GetItem: () => ({}),
  UpdateItem: (input: UpdateInput, items) => ({ Attributes: update(input, items) }),
  SendMessage: ({ MessageBody }: { MessageBody: string }) => ({
    MessageId: "6b1c7a0e-5f0e-4c3a-9d43-0d1f6a2b8c11",
    MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
  }),
};

interface UpdateInput {
  readonly Key: Item;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Item;
}

interface HandlerState {
  config?: unknown;
  readonly configProvider: Promise<unknown>;
}

export class AwsStub {
  readonly #items = new Map<string, Item>();
  #calls: StubbedCall[] | undefined;
  /** Requests answered so far. */
  count = 0;

  /** From now on no AWS client of this process opens a socket. */
  install(): void {
    const stub = this;
    NodeHttpHandler.prototype.handle = async function handle(this: HandlerState, request) {
      // As the real one does at its first request: callers ask for its timeouts.
      this.config ??= await this.configProvider;
      const operation = request.headers["x-amz-target"]?.split(".")[1] ?? "";
      const answer = ANSWERS[operation];
      if (!answer) throw new Error(`The stub does not know ${operation}.`);
      stub.count += 1;
      const body = request.body as string | Uint8Array;
      const input = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
      stub.#calls?.push({ operation, input });
      const text = JSON.stringify(answer(input as never, stub.#items));
      const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "stub" };
      return { response: { statusCode: 200, headers, body: Buffer.from(text) } } as never;
    };
  }

  /** A message as it is stored. */
  item(messageId: string): StubbedItem {
    const item = this.#items.get(messageId);
    if (!item) throw new Error(`There is no message ${messageId}.`);
    return item;
  }

  store(item: StubbedItem): void {
    this.#items.set(item.pk?.S ?? "", item);
  }

  /** The calls that `work` makes, in order. */
  async record(work: () => Promise<unknown>): Promise<StubbedCall[]> {
    this.#calls = [];
    await work();
    const calls = this.#calls;
    this.#calls = undefined;
    return calls;
  }
}

/** `SET #a = :b, #r = #r + :n, #h = list_append(#h, :e) REMOVE #x`; conditions always hold. */
function update(input: UpdateInput, items: Map<string, Item>): Item {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values } = input;
  const id = input.Key.pk?.S ?? "";
  const item: Item = { ...(items.get(id) ?? input.Key) };
  const [, sets = "", removes = ""] = /^SET (.*?)(?: REMOVE (.*))?$/.exec(input.UpdateExpression) ?? [];
  for (const [, name = "", expression = ""] of sets.matchAll(/(#\d+) = (list_append\(.*?\)|[^,]+)/g)) {
    const attribute = names[name] ?? "";
    const value = values[/:\d+/.exec(expression)?.[0] ?? ""];
    if (value === undefined) continue;
    if (expression.startsWith("list_append"))
      item[attribute] = { L: [...(item[attribute]?.L ?? []), ...(value.L ?? [])] };
    else if (expression.includes("+")) item[attribute] = { N: String(Number(item[attribute]?.N ?? 0) + 1) };
    else item[attribute] = value;
  }
  for (const name of removes.split(", ")) delete item[names[name] ?? ""];
  if (item.dueAt === undefined) items.delete(id);
  else items.set(id, item);
  return item;
}
