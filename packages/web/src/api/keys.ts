/** The calls about keys and signing secrets: an operator's. */
import { v1 } from "./client.ts";
import type { CreatedKey, Key, KeyInput, KeyPage, KeyQuery, OwnKey, RotatedSender } from "./types.ts";

export async function fetchKeys(query: KeyQuery, signal: AbortSignal): Promise<KeyPage> {
  return (await v1.keys.$get({ query }, { init: { signal } })).json();
}

export async function fetchOwnKey(signal: AbortSignal): Promise<OwnKey> {
  return (await v1.keys.self.$get({}, { init: { signal } })).json();
}

/** Each call makes another one. */
export async function createKey(json: KeyInput): Promise<CreatedKey> {
  return (await v1.keys.$post({ json })).json();
}

export async function revokeKey(keyId: string): Promise<Key> {
  return (await v1.keys[":keyId"].$delete({ param: { keyId } })).json();
}

/** Each call makes another secret. */
export async function rotateSender(senderId: string): Promise<RotatedSender> {
  return (await v1.senders[":senderId"].rotate.$post({ param: { senderId } })).json();
}
