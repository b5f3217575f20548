/** Whether what is on the screen is up to date, and if not, since when and why. */
import type { UseQueryResult } from "@tanstack/react-query";
import { describeError } from "../api/api-error.ts";
import { Button } from "./button.tsx";
import { useNow } from "./clock.ts";
import styles from "./freshness.module.css";
import { Notice } from "./notice.tsx";
import { spellDuration } from "./times.ts";

type Polled = Pick<
  UseQueryResult,
  "failureCount" | "failureReason" | "dataUpdatedAt" | "isError" | "error" | "refetch"
>;

/** One lost call is worth a different mark; from the second on it is worth a sentence. */
const FAILURES_WORTH_A_SENTENCE = 2;

/** "Live", or that the screen is falling behind. */
export function LiveMark({ query }: { readonly query: Polled }) {
  const behind = query.failureCount > 0 || query.isError;
  return (
    <span className={behind ? styles.behind : styles.live}>
      <span className={styles.dot} />
      {behind ? "Reconnecting" : "Live"}
    </span>
  );
}

/** Says that data is stale, how old it is, why, and offers to ask again at once. Nothing while all is well. */
export function StaleNotice({ query }: { readonly query: Polled }) {
  const now = useNow();
  const failing = query.failureCount >= FAILURES_WORTH_A_SENTENCE || query.isError;
  if (!failing || query.dataUpdatedAt === 0) return null;
  const age = spellDuration(Math.max(1_000, now - query.dataUpdatedAt));
  return (
    <Notice
      tone="warn"
      action={
        <Button small onClick={() => query.refetch({ cancelRefetch: true })}>
          Try now
        </Button>
      }
    >
      What you see is {age} old. {describeError(query.error ?? query.failureReason)} Trying again by itself.
    </Notice>
  );
}
