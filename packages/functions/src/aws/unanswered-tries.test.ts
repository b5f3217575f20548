import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { StorageError } from "@homing/core/store/message-store";
import { describe, expect, it } from "vitest";
import { createDynamoDbClient } from "./clients.ts";
import { storageFailure } from "./storage-failure.ts";

const timeout = () => Object.assign(new Error("no answer"), { name: "TimeoutError" });
const refusedConnection = () => Object.assign(new Error("connect"), { code: "ECONNREFUSED" });

/** How a put whose tries end like this is reported. */
async function failureOf(...tries: Array<() => Error>): Promise<StorageError> {
  const handler = {
    handle: async () => {
      throw (tries.shift() ?? refusedConnection)();
    },
    metadata: { handlerProtocol: "http/1.1" },
  };
  const client = createDynamoDbClient({
    endpoint: "http://127.0.0.1:1",
    region: "us-east-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    requestHandler: handler as never,
  });
  const put = new PutItemCommand({ TableName: "homing", Item: { pk: { S: "msg" }, sk: { S: "message" } } });
  return client.send(put).then(
    () => expect.unreachable("every try fails"),
    (error: unknown) => storageFailure(error),
  );
}

describe("a call that the SDK repeated", () => {
  it("may yet take effect if any of its tries got no answer, however the last one ended", async () => {
    const failure = await failureOf(timeout, refusedConnection, refusedConnection);
    expect(failure).toMatchObject({ mayHaveTakenEffect: true, mayYetTakeEffect: true });
  });

  it("surely changed nothing if no try was ever sent", async () => {
    const failure = await failureOf(refusedConnection, refusedConnection, refusedConnection);
    expect(failure).toMatchObject({ mayHaveTakenEffect: false, mayYetTakeEffect: false });
  });
});
