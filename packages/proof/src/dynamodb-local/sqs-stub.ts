/** SQS within the process, in place of the SDK's HTTP layer: keeps what is sent, or refuses it. */
import { createHash } from "node:crypto";
import { type MessageAttributeValue, SQSClient } from "@aws-sdk/client-sqs";
import { EMBEDDED_REGION } from "@homing/local/embedded/clients";
import { sqsEvent } from "@homing/local/lambda/sqs-event";
import type { SQSEvent } from "aws-lambda";

interface SentCopy {
  readonly MessageBody: string;
  readonly MessageAttributes: Record<string, MessageAttributeValue>;
}

interface StubRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

export const STUB_QUEUE_URL = "http://127.0.0.1:1/000000000000/homing";

export class SqsStub {
  /** Sent and not yet received. */
  #copies: SentCopy[] = [];
  /** While true, every send is refused for good: access denied. */
  refuses = false;

  createClient(): SQSClient {
    return new SQSClient({
      endpoint: "http://127.0.0.1:1",
      region: EMBEDDED_REGION,
      credentials: { accessKeyId: "STUB", secretAccessKey: "unchecked" },
      useQueueUrlAsEndpoint: false,
      maxAttempts: 1,
      requestHandler: { handle: async (request: StubRequest) => this.#handle(request) },
    });
  }

  /** The copies sent since the last call, as Lambda hands them over. */
  receive(): SQSEvent {
    const messages = this.#copies.map((copy, index) => ({
      MessageId: `sqs-${index}`,
      Body: copy.MessageBody,
      MessageAttributes: copy.MessageAttributes,
    }));
    this.#copies = [];
    return sqsEvent(messages, `arn:aws:sqs:${EMBEDDED_REGION}:000000000000:homing`);
  }

  /** Copies come back, as after their visibility timeout. */
  redeliver(event: SQSEvent): void {
    this.#copies.push(
      ...event.Records.map(({ body, messageAttributes }) => ({
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(messageAttributes).map(([name, { stringValue = "" }]) => [
            name,
            { DataType: "String", StringValue: stringValue },
          ]),
        ),
      })),
    );
  }

  #handle({ headers, body }: StubRequest) {
    const operation = headers["x-amz-target"]?.split(".")[1];
    const input = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body)) as SentCopy & {
      Entries: Array<SentCopy & { Id: string }>;
    };
    switch (operation) {
      case "SendMessage":
        if (this.refuses) return respond(403, { __type: "AccessDeniedException" });
        this.#copies.push(input);
        return respond(200, receipt(input));
      case "SendMessageBatch":
        if (this.refuses) return respond(403, { __type: "AccessDeniedException" });
        this.#copies.push(...input.Entries);
        return respond(200, {
          Successful: input.Entries.map((entry) => ({ Id: entry.Id, ...receipt(entry) })),
        });
      case "GetQueueAttributes":
        return respond(200, { Attributes: {} });
      default:
        return respond(400, { __type: "InvalidAction" });
    }
  }
}

function receipt({ MessageBody }: SentCopy) {
  return { MessageId: "stub", MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
}

function respond(statusCode: number, document: object) {
  const headers = { "content-type": "application/x-amz-json-1.0" };
  return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(document)) } };
}
