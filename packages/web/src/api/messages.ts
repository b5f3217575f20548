/** The calls about one message, and those that retry many. */
import { v1 } from "./client.ts";
import { readShown, type ShownText } from "./shown.ts";
import { send } from "./transport.ts";
import type {
  Accepted,
  BulkRetryRequest,
  BulkRetryResult,
  DryRunResult,
  Message,
  OperationResult,
} from "./types.ts";

export interface ShownMessage extends ShownText {
  readonly message: Message;
}

export async function fetchMessage(messageId: string, signal: AbortSignal): Promise<ShownMessage> {
  const response = await v1.messages[":id"].$get({ param: { id: messageId } }, { init: { signal } });
  const { value: message, ...shown } = readShown<Message>(await response.text());
  return { message, ...shown };
}

export async function retryMessage(messageId: string): Promise<OperationResult> {
  const response = await v1.messages[":id"].retry.$post({ param: { id: messageId } });
  return response.json();
}

export async function cancelMessage(messageId: string): Promise<OperationResult> {
  const response = await v1.messages[":id"].cancel.$post({ param: { id: messageId } });
  return response.json();
}

export async function retryMany(request: BulkRetryRequest, signal: AbortSignal): Promise<BulkRetryResult> {
  return (await bulkRetry({ ...request, dryRun: false }, signal)) as BulkRetryResult;
}

/** Changes nothing. */
export async function countMany(request: BulkRetryRequest, signal: AbortSignal): Promise<DryRunResult> {
  return (await bulkRetry({ ...request, dryRun: true }, signal)) as DryRunResult;
}

/** A new message, as JSON text; the same key makes the same message. */
export async function sendDocument(text: string, idempotencyKey: string): Promise<Accepted> {
  const headers = { "content-type": "application/json", "idempotency-key": idempotencyKey };
  return (await send(v1.messages.$url(), { method: "POST", headers, body: text })).json();
}

/** A failure that has been dealt with. */
export async function resolveMessage(messageId: string): Promise<OperationResult> {
  return (await v1.messages[":id"].resolve.$post({ param: { id: messageId } })).json();
}

async function bulkRetry(request: BulkRetryRequest & { readonly dryRun: boolean }, signal: AbortSignal) {
  const json = { status: "FAILED" as const, ...request };
  return (await v1.messages.retry.$post({ json }, { init: { signal } })).json();
}
