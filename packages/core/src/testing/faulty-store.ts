import type { LaneStore } from "../lane/lane-store.ts";
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

export type LaneCall = Exclude<keyof LaneStore, "shards" | "linePlaces">;
export type LaneFaults = (call: LaneCall, key: unknown) => StoreFault;

/** A store that fails as planned. */
export function faultyStore(inner: MessageStore, faults: StoreFaults): MessageStore {
  return faulty(inner, (name: StoreMethod, args) => {
    const transition = name === "apply" ? (args[1] as { name: string }).name : "";
    return faults(name === "apply" ? `apply ${transition}` : name, args[0]);
  });
}

/** Lanes that fail as planned. */
export function faultyLanes(inner: LaneStore, faults: LaneFaults): LaneStore {
  return faulty(inner, (name: LaneCall, [key]) => faults(name, key));
}

function faulty<Store extends { readonly shards: number }, Name extends keyof Store>(
  inner: Store,
  faultOf: (name: Name, args: unknown[]) => StoreFault,
): Store {
  const call = async (name: Name, args: unknown[]): Promise<unknown> => {
    const fault = faultOf(name, args);
    if (fault === "before") throw new StorageError(false, true, new Error("throttled"));
    if (fault === "refused") throw new StorageError(false, false, new Error("item too large"));
    if (fault === "failed") throw new StorageError(true, true, new Error("internal error"), false);
    const method = inner[name] as unknown as (...given: unknown[]) => Promise<unknown>;
    const result = await method.apply(inner, args);
    if (fault === "after") throw new StorageError(true, true, new Error("answer lost"));
    return result;
  };
  const get = (_: unknown, name: string | symbol) =>
    typeof inner[name as Name] === "number"
      ? inner[name as Name]
      : (...args: unknown[]) => call(name as Name, args);
  return new Proxy({}, { get }) as Store;
}

/** Fails the first calls of one kind in the given ways, and lets everything else through. */
export function failing(call: StoreCall, ...faults: StoreFault[]): StoreFaults {
  const left = [...faults];
  return (each) => (each === call ? left.shift() : undefined);
}
