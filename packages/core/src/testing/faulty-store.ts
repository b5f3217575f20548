import { type MessageStore, StorageError } from "../store/message-store.ts";

/**
 * `before`: the call never takes effect, and that is known. `failed`: it never does, and its answer does not say
 * so. `after`: it does, and only its answer is lost. `refused`: it never does and never will.
 */
export type StoreFault = "before" | "failed" | "after" | "refused" | undefined;

/** What a call to the store is: its method and, for `apply`, the name of the transition. */
export type StoreCall = Exclude<StoreMethod, "apply"> | `apply ${string}`;
type StoreMethod = Exclude<keyof MessageStore, "shards">;

/** Decides over each call, in the order of the calls. */
export type StoreFaults = (call: StoreCall, messageId: unknown) => StoreFault;

/** A store that fails as planned. */
export function faultyStore(inner: MessageStore, faults: StoreFaults): MessageStore {
  const call = async (name: StoreMethod, args: unknown[]): Promise<unknown> => {
    const transition = name === "apply" ? (args[1] as { name: string }).name : "";
    const fault = faults(name === "apply" ? `apply ${transition}` : name, args[0]);
    if (fault === "before") throw new StorageError(false, true, new Error("throttled"));
    if (fault === "refused") throw new StorageError(false, false, new Error("item too large"));
    if (fault === "failed") throw new StorageError(true, true, new Error("internal error"), false);
    const method = inner[name] as (...given: unknown[]) => Promise<unknown>;
    const result = await method.apply(inner, args);
    if (fault === "after") throw new StorageError(true, true, new Error("answer lost"));
    return result;
  };
  const get = (_: unknown, name: keyof MessageStore) =>
    name === "shards" ? inner.shards : (...args: unknown[]) => call(name, args);
  return new Proxy({}, { get }) as MessageStore;
}

/** Fails the first calls of one kind in the given ways, and lets everything else through. */
export function failing(call: StoreCall, ...faults: StoreFault[]): StoreFaults {
  const left = [...faults];
  return (each) => (each === call ? left.shift() : undefined);
}
