import type { Message } from "@homing/core/message/message";
import type { Ledger } from "../simulate/ledger.ts";

/** An answer never assumes a status: it states one that was read or written. What is wrong if it does. */
export function wasEver(stated: Message, ledger: Ledger): string | undefined {
  const was = ledger
    .writesOf(stated.messageId)
    .some(({ after }) => after.revision === stated.revision && after.status === stated.status);
  return was ? undefined : `an answer states ${stated.status}, which the message never was`;
}
