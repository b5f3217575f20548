/** Every call the dashboard makes. */
import type { App } from "@homing/functions/api/app";
import { hc } from "hono/client";
import { ApiError } from "./api-error.ts";
import { parseExactJson, prettyJson } from "./exact-json.ts";
import { send } from "./transport.ts";
import type {
  BulkRetryRequest,
  BulkRetryResult,
  ListQuery,
  Message,
  MessagePage,
  OperationResult,
  Stats,
} from "./types.ts";

/** Absent where the dashboard is served from the API's own origin. */
const BASE = import.meta.env.VITE_API_URL || location.origin;

const { v1 } = hc<App>(BASE, { fetch: send });

export async function fetchStats(senderId: string | undefined, signal: AbortSignal): Promise<Stats> {
  const response = await v1.stats.$get({ query: senderId ? { senderId } : {} }, { init: { signal } });
  return response.json();
}

export async function fetchPage(query: ListQuery, signal?: AbortSignal): Promise<MessagePage> {
  const response = await v1.messages.$get({ query }, { init: signal ? { signal } : {} });
  return response.json();
}

/** A message, and as text what must not lose a digit by being parsed and printed again. */
export interface ShownMessage {
  readonly message: Message;
  readonly bodyText: string | undefined;
  readonly bodyIsString: boolean;
  readonly rawText: string;
}

export async function fetchMessage(messageId: string, signal: AbortSignal): Promise<ShownMessage> {
  const response = await v1.messages[":id"].$get({ param: { id: messageId } }, { init: { signal } });
  const text = await response.text();
  const exact = parseExactJson(text) as Message;
  const { body } = exact;
  return {
    message: JSON.parse(text) as Message,
    bodyIsString: typeof body === "string",
    bodyText: body === undefined ? undefined : typeof body === "string" ? body : prettyJson(body),
    rawText: prettyJson(exact),
  };
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
  const response = await v1.messages.retry.$post(
    { json: { status: "FAILED", ...request } },
    { init: { signal } },
  );
  return response.json();
}

/** What a key may do. */
export interface Access {
  readonly canSend: boolean;
  readonly canOperate: boolean;
}

/**
 * Asks the API what a key may do, by calls that change nothing.
 *
 * @throws ApiError 401 for a key that is unknown or revoked, 403 for one that may not read.
 */
export async function fetchAccess(key: string, signal: AbortSignal): Promise<Access> {
  const init = { signal, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } };
  await v1.messages.$get({ query: { limit: "1" } }, { init });
  if (await isAllowed(v1.keys.$get({}, { init }))) return { canSend: true, canOperate: true };
  // An empty message is refused as forbidden before it is refused as invalid.
  const empty = send(`${BASE}/v1/messages`, { ...init, method: "POST", body: "{}" });
  return { canSend: await isAllowed(empty), canOperate: false };
}

async function isAllowed(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return false;
    if (error instanceof ApiError && error.status === 400) return true;
    throw error;
  }
}
