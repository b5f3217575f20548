/** What the first screen asks. The calls that come later are beside this, in files of their own. */
import { v1 } from "./client.ts";
import type {
  EndpointPage,
  EndpointQuery,
  EventPage,
  EventQuery,
  ListQuery,
  MessagePage,
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

export async function fetchEvents(query: EventQuery, signal: AbortSignal): Promise<EventPage> {
  return (await v1.events.$get({ query }, { init: { signal } })).json();
}

export async function fetchEndpoints(query: EndpointQuery, signal: AbortSignal): Promise<EndpointPage> {
  return (await v1.endpoints.$get({ query }, { init: { signal } })).json();
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
