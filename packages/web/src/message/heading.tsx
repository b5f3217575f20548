import type { UseQueryResult } from "@tanstack/react-query";
import type { Message } from "../api/types.ts";
import { Clamped } from "../ui/clamped.tsx";
import { useNow } from "../ui/clock.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { describeState } from "../ui/describe-state.ts";
import { LiveMark } from "../ui/freshness.tsx";
import styles from "../ui/heading.module.css";
import { appearanceOf } from "../ui/status.ts";
import { StatusBadge } from "../ui/status-mark.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import { ActionButtons } from "./action-buttons.tsx";
import { HeldBehindGate, isBehindGate } from "./held-behind-gate.tsx";
import { WaitsForTurn } from "./waits-for-turn.tsx";

/** Which message, where it stands, what can be done. */
export function Heading({ message, query }: { readonly message: Message; readonly query: UseQueryResult }) {
  const { text, until, why } = describeState(message);
  return (
    <header className={styles.heading}>
      <div className={styles.top}>
        <div className={styles.what}>
          <h1 className={styles.target}>
            <span className={styles.method}>{message.method}</span>{" "}
            <Clamped>{message.targetUrl ?? "(its payload is missing)"}</Clamped>
          </h1>
          <div className={styles.id}>
            <code>{message.messageId}</code>
            <CopyButton text={message.messageId} what="message id" />
          </div>
        </div>
        <ActionButtons message={message} />
      </div>
      <div className={styles.state}>
        <StatusBadge of={appearanceOf(message, useNow())} />
        <span className={styles.line}>
          {message.waitsFor ? (
            <WaitsForTurn of={message.waitsFor} />
          ) : isBehindGate(message) ? (
            <HeldBehindGate endpointId={message.endpointId} />
          ) : (
            <>
              {text}
              {until && (
                <>
                  {" in "}
                  <strong>
                    <Countdown to={until} after="a moment" />
                  </strong>
                </>
              )}
              {why && ` · ${why}`}
            </>
          )}
        </span>
        <span className={styles.age}>
          accepted <Time at={message.createdAt} />
        </span>
        <span className={styles.live}>
          <LiveMark query={query} />
        </span>
      </div>
    </header>
  );
}
