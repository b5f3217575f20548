/** Keys as the API shows them. */
import { formatTimestamp } from "@homing/core/message/timestamp";
import type { KeyRecord } from "../../keys/key-store.ts";
import type { KeyView, OwnKey } from "../answers/key.ts";
import type { Principal } from "../principal.ts";
import { compact, time } from "./fields.ts";

export function presentOwnKey({ keyId, senderId, scopes, name, expiresAt }: Principal): OwnKey {
  return compact({ keyId, senderId, scopes: [...scopes], name, expiresAt: time(expiresAt) }) as OwnKey;
}

export function presentKey(key: KeyRecord): KeyView {
  const { keyId, senderId, scopes, name, createdAt, expiresAt, revokedAt } = key;
  return compact({
    keyId,
    senderId,
    scopes: [...scopes],
    name,
    createdAt: formatTimestamp(createdAt),
    expiresAt: time(expiresAt),
    revokedAt: time(revokedAt),
  }) as KeyView;
}
