/** A handler that only makes the calls and the request of a delivered message, as short as can be. */
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { SQSEvent } from "aws-lambda";
import { request } from "undici";

const dynamodb = new DynamoDBClient({});

export async function handler(event: SQSEvent) {
  await Promise.all(
    event.Records.map(async (record) => {
      const copy = JSON.parse(record.body);
      await update("claimed");
      const response = await request(copy.targetUrl, { method: "POST", body: JSON.stringify(copy.body) });
      await response.body.text();
      await update("done");
    }),
  );
  return { batchItemFailures: [] };
}

function update(status: string) {
  return dynamodb.send(
    new UpdateItemCommand({
      TableName: "homing",
      Key: { pk: { S: "bare" }, sk: { S: "message" } },
      UpdateExpression: "SET #status = :status",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":status": { S: status } },
      ReturnValues: "ALL_NEW",
    }),
  );
}
