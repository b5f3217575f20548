import { type KeyRecord, type KeyStore, rotated, type SenderRecord, unknownSender } from "./key-store.ts";

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

  async list(): Promise<readonly KeyRecord[]> {
    return [...this.#keys.values()].sort((a, b) => b.createdAt - a.createdAt);
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
