import { StorageError } from "@homing/core/store/message-store";
import type { Call, Network, Process } from "./process.ts";

/** What the network tells about outages, and wants to be told of writes. */
export interface Surroundings {
  readonly storageDown: () => boolean;
  readonly queueDown: () => boolean;
  readonly hooks: {
    readonly onApply: (process: Process, id: string) => void;
    readonly onEnqueue: (process: Process, messageId: string) => void;
  };
}

/** A call to the storage, which can be down altogether. */
export function storageCall<T>(
  { ledger, scheduler, storageDown }: Network & Surroundings,
  process: Process,
  call: Omit<Call<T>, "error">,
): Promise<T> {
  return process.call({
    ...call,
    effect: (fault, spanMs) => {
      if (storageDown()) {
        const { operation } = call;
        const at = scheduler.now;
        ledger.strike({ at, process: process.name, operation, fault: "outage", excuses: true });
        throw new StorageError(true, true, new Error("injected outage"));
      }
      return call.effect(fault, spanMs);
    },
    error: (failure) =>
      new StorageError(failure !== "refused", true, new Error("injected"), failure === "unanswered"),
  });
}
