import { describeError } from "../api/api-error.ts";
import { Button } from "../ui/button.tsx";
import styles from "./list-end.module.css";
import type { useFeed } from "./use-feed.ts";

interface ListEndProps {
  readonly feed: ReturnType<typeof useFeed>["feed"];
  readonly hasGivenUp: boolean;
  readonly count: number;
}

/** Below the last row: more is on its way, could not be had, may exist, or that was all. */
export function ListEnd({ feed, hasGivenUp, count }: ListEndProps) {
  const more = () => feed.fetchNextPage();
  if (feed.isFetchNextPageError) {
    return (
      <p className={styles.end} role="alert">
        {describeError(feed.error)}
        <Button small onClick={more}>
          Try again
        </Button>
      </p>
    );
  }
  if (feed.isFetchingNextPage) {
    const text = feed.failureCount > 0 ? describeError(feed.failureReason) : "";
    return (
      <p className={styles.end} role="status">
        {text} Loading older messages…
      </p>
    );
  }
  if (feed.hasNextPage && hasGivenUp) {
    return (
      <p className={styles.end}>
        Nothing found for a while; older messages may match.
        <Button small onClick={more}>
          Keep searching
        </Button>
      </p>
    );
  }
  if (feed.hasNextPage || count === 0) return null;
  return (
    <p className={styles.end}>
      {count === 1 ? "That is the only one." : `That is all: ${count.toLocaleString()}.`}
    </p>
  );
}
