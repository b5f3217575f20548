import type { Message } from "../api/types.ts";
import { describeState } from "../ui/describe-state.ts";
import { Countdown } from "../ui/time.tsx";
import { HeldBehindGate, isBehindGate } from "./held-behind-gate.tsx";
import styles from "./story.module.css";
import { WaitsForTurn } from "./waits-for-turn.tsx";

/** The step that has not happened yet. A message in the queue or being delivered already shows it. */
export function WhatIsNext({ message }: { readonly message: Message }) {
  const { status, nextAttemptAt } = message;
  const isUnderWay = status === "PROCESSING" || (status === "QUEUED" && !nextAttemptAt);
  if (message.finishedAt || isUnderWay) return null;
  const { text, until } = describeState(message);
  // The step before says that the send failed, and why.
  const name = message.pendingReason === "SEND_FAILED" ? "To be sent again" : text;
  return (
    <li className={styles.step} data-tone="next">
      <div className={styles.line}>
        <span className={styles.dot} />
        <span className={styles.name}>
          {message.waitsFor ? (
            <WaitsForTurn of={message.waitsFor} />
          ) : isBehindGate(message) ? (
            <HeldBehindGate endpointId={message.endpointId} />
          ) : (
            name
          )}
          {until && !message.waitsFor && (
            <>
              {" in "}
              <Countdown to={until} after="a moment" />
            </>
          )}
        </span>
      </div>
    </li>
  );
}
