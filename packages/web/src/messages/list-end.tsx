import { describeError } from "../api/api-error.ts";
import { Button } from "../ui/button.tsx";
import styles from "./list-end.module.css";
import type { Feed } from "./use-feed.ts";

interface ListEndProps {
  readonly pages: Feed["pages"];
  readonly hasGivenUp: boolean;
  readonly count: number;
}

/** Below the last row: more is on its way, could not be had, may exist, or that was all. */
export function ListEnd({ pages, hasGivenUp, count }: ListEndProps) {
  const more = () => pages.fetchNextPage();
  if (pages.isFetchNextPageError) {
    return (
      <p className={styles.end} role="alert">
        {describeError(pages.error)}
        <Button small onClick={more}>
          Try again
        </Button>
      </p>
    );
  }
  if (pages.isFetchingNextPage) {
    const text = pages.failureCount > 0 ? describeError(pages.failureReason) : "";
    return (
      <p className={styles.end} role="status">
        {text} Loading more messages…
      </p>
    );
  }
  if (pages.hasNextPage && hasGivenUp) {
    return (
      <p className={styles.end}>
        Nothing found for a while; there are more messages that may match.
        <Button small onClick={more}>
          Keep searching
        </Button>
      </p>
    );
  }
  if (pages.hasNextPage || count === 0) return null;
  return (
    <p className={styles.end}>
      {count === 1 ? "That is the only one." : `That is all: ${count.toLocaleString()}.`}
    </p>
  );
}
