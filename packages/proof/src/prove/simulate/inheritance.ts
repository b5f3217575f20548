/**
 * On one machine: what a process that has begun anew makes of copies before it hands them out. The claims of the process
 * before it end with that, each by a write of its own that meets every fault.
 */
import { isLeaseOver } from "@homing/core/message/claims";
import { HandedCopies } from "@homing/core/queue/handed-copies";
import type { ReceivedCopy } from "@homing/core/queue/memory-message-queue";
import type { MessageStore } from "@homing/core/store/message-store";
import type { Handed } from "./mutant.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

export class Inheritance {
  readonly #world: World;
  readonly #handed: Handed;
  #tokens = 0;

  constructor(world: World) {
    const handed = new HandedCopies<string>();
    this.#world = world;
    this.#handed = world.mutant?.handed?.(handed) ?? handed;
  }

  /** One after the other; those whose claims live on stay hidden. */
  handOut(records: readonly ReceivedCopy[], then: (handed: readonly ReceivedCopy[]) => void): void {
    const handed: ReceivedCopy[] = [];
    this.#world.spawn(
      "heir",
      async (process) => {
        const { store } = this.#world.dependencies(process);
        for (const record of records) {
          if (!(await this.#isFree(process, store, record))) continue;
          this.#handed.add(record.receipt, record.messageId);
          handed.push(record);
        }
      },
      (end) => then(end === "ended" ? handed : []),
    );
  }

  forget(receipt: string): void {
    this.#handed.forget(receipt);
  }

  async #isFree(
    { name, clock }: Process,
    store: MessageStore,
    { messageId }: ReceivedCopy,
  ): Promise<boolean> {
    if (messageId === undefined) return true;
    try {
      const message = await store.get(messageId);
      const now = clock.now();
      if (message?.status !== "PROCESSING" || isLeaseOver(message, now)) return true;
      this.#tokens += 1;
      const token = `${name} ${this.#tokens}`;
      const { correlationId } = message;
      const transition = this.#handed.abandonLease(message, { now, correlationId, token });
      return transition !== undefined && (await store.apply(messageId, transition)).applied;
    } catch {
      return false;
    }
  }
}
