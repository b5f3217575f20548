/** A handler that only makes the calls of an accepted message, as short as can be. */
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});
const TableName = "homing";
const QueueUrl = process.env.BARE_QUEUE_URL;

export async function handler(event: APIGatewayProxyEventV2) {
  const MessageBody = event.body ?? "";
  JSON.parse(MessageBody);
  const pk = { S: "bare" };
  await Promise.all([
    dynamodb.send(new PutItemCommand({ TableName, Item: { pk, sk: { S: "message" } } })),
    dynamodb.send(
      new PutItemCommand({ TableName, Item: { pk, sk: { S: "payload" }, body: { S: MessageBody } } }),
    ),
  ]);
  await dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk, sk: { S: "message" } },
      UpdateExpression: "SET sends = :one",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":one": { N: "1" } },
      ReturnValues: "ALL_NEW",
    }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return { statusCode: 202, headers: { "content-type": "application/json" }, body: "{}" };
}
