/** The calls about messages, counts and keys. Those about endpoints have files of their own: the first screen makes none. */
import { v1 } from "./client.ts";
import { readShown, type ShownText } from "./shown.ts";
import type {
  BulkRetryRequest,
  BulkRetryResult,
  DryRunResult,
  ListQuery,
  Message,
  MessagePage,
  OperationResult,
  Stats,
} from "./types.ts";

export async function fetchStats(senderId: string | undefined, signal: AbortSignal): Promise<Stats> {
  const response = await v1.stats.$get({ query: senderId ? { senderId } : {} }, { init: { signal } });
  return response.json();
}

export async function fetchPage(query: ListQuery, signal?: AbortSignal): Promise<MessagePage> {
  const response = await v1.messages.$get({ query }, { init: signal ? { signal } : {} });
  return response.json();
}

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

async function bulkRetry(request: BulkRetryRequest & { readonly dryRun: boolean }, signal: AbortSignal) {
  const json = { status: "FAILED" as const, ...request };
  return (await v1.messages.retry.$post({ json }, { init: { signal } })).json();
}

/** Whose key this is, and what it may do. */
export interface Access {
  readonly keyId: string;
  /** What its maker called it. */
  readonly name?: string | undefined;
  /** The one sender it sees, or `*` for all. */
  readonly senderId: string;
  readonly canRead: boolean;
  readonly canSend: boolean;
  /** Endpoints: create, change, disable and delete them, and see their secrets. */
  readonly canManage: boolean;
  readonly canOperate: boolean;
}

/** @throws ApiError 401 for a key that is unknown or revoked. */
export async function fetchAccess(key: string, signal: AbortSignal): Promise<Access> {
  const init = { signal, headers: { authorization: `Bearer ${key}` } };
  const response = await v1.keys.self.$get({}, { init });
  const { scopes, ...whose } = await response.json();
  const may = (scope: "send" | "read" | "endpoints") => scopes.includes(scope) || scopes.includes("operate");
  return {
    ...whose,
    canRead: may("read"),
    canSend: may("send"),
    canManage: may("endpoints"),
    canOperate: scopes.includes("operate"),
  };
}
