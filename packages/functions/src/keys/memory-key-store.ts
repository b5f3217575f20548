import {
  isInForce,
  type KeyCount,
  type KeyListQuery,
  type KeyPage,
  type KeyRecord,
  type KeyStore,
  keyPlace,
  rotated,
  type SenderRecord,
  unknownSender,
} from "./key-store.ts";

/** Keys that last as long as the process: for tests. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<string, KeyRecord>();
  readonly #senders = new Map<string, SenderRecord>();

  async create(key: KeyRecord): Promise<void> {
    if (!this.#keys.has(key.keyId)) this.#keys.set(key.keyId, key);
  }

  async get(keyId: string): Promise<KeyRecord | undefined> {
    return this.#keys.get(keyId);
  }

  async list({ senderId, limit, after }: KeyListQuery): Promise<KeyPage> {
    const found = [...this.#keys.values()]
      .filter((key) => senderId === undefined || key.senderId === senderId)
      .map((key) => ({ key, place: keyPlace(key) }))
      .filter(({ place }) => after === undefined || place < after)
      .sort((a, b) => (a.place < b.place ? 1 : -1));
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      keys: page.map(({ key }) => key),
      ...(last && found.length > limit ? { next: last.place } : {}),
    };
  }

  async count(senderId: string, now: number): Promise<KeyCount> {
    const keys = [...this.#keys.values()].filter((key) => key.senderId === senderId);
    return { listed: keys.length, inForce: keys.filter((key) => isInForce(key, now)).length };
  }

  async revoke(keyId: string, at: number): Promise<KeyRecord | undefined> {
    const key = this.#keys.get(keyId);
    if (!key || key.revokedAt !== undefined) return key;
    const revoked = { ...key, revokedAt: at };
    this.#keys.set(keyId, revoked);
    return revoked;
  }

  async getSender(senderId: string): Promise<SenderRecord | undefined> {
    return this.#senders.get(senderId);
  }

  async introduceSender(senderId: string): Promise<boolean> {
    if (this.#senders.has(senderId)) return false;
    this.#senders.set(senderId, unknownSender(senderId));
    return true;
  }

  async rotateSender(senderId: string, at: number): Promise<SenderRecord> {
    const sender = rotated(this.#senders.get(senderId) ?? unknownSender(senderId), at);
    this.#senders.set(senderId, sender);
    return sender;
  }
}
