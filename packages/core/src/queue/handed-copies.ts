/**
 * Copies that a process has handed out, where it alone delivers. A claim that none of them can have made is of a process
 * before this one, and may be ended: that this one has begun proves that it has ended.
 */
import { abandonLease } from "../message/claims.ts";
import type { Message } from "../message/message.ts";
import type { Occasion } from "../message/step.ts";
import type { Transition } from "../message/transition.ts";

export class HandedCopies<Copy> {
  /** The messages of those that may have made a claim, by the copies. */
  readonly #messages = new Map<Copy, string | undefined>();

  add(copy: Copy, messageId: string | undefined): void {
    this.#messages.set(copy, messageId);
  }

  /** It is done with, or was given back so long ago that a claim of its own is over. */
  forget(copy: Copy): void {
    this.#messages.delete(copy);
  }

  /** The end of a live claim whose holder has ended; undefined if the claim may be of this process, or a listener's. */
  abandonLease(message: Message, occasion: Occasion): Transition | undefined {
    const mayBeOwn = [...this.#messages.values()].includes(message.messageId);
    return mayBeOwn ? undefined : abandonLease(message, occasion);
  }
}
