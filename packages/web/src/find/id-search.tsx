import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fetchPage } from "../api/api.ts";
import { nextPage } from "../api/next-page.ts";
import { MessageRow } from "../messages/message-row.tsx";
import { Button } from "../ui/button.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { shortTime } from "../ui/times.ts";
import { type FoundByPart, MOST_FOUND } from "./find-by-part.ts";
import styles from "./find-page.module.css";

/** How far part of an id was looked for, where that is not everywhere, and what lies further back. */
export function IdSearch({ searched, further }: Pick<FoundByPart, "searched" | "further">) {
  const [isAsked, setIsAsked] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ["find ids", further],
    queryFn: ({ pageParam, signal }) =>
      nextPage(
        (cursor) => fetchPage({ idPart: further?.idPart, limit: MOST_FOUND, cursor }, signal),
        pageParam,
      ),
    initialPageParam: further?.cursor,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isAsked,
  });
  if (further === undefined || searched === "all") return null;
  const last = query.data?.pages.at(-1);
  const since = last ? last.searchedSince : searched.since;
  const isEnd = last !== undefined && last.nextCursor === undefined;
  const found = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section className={styles.messages} aria-label="Ids of older messages">
      {found.length > 0 && (
        <ol className={styles.messages} aria-label="Older messages found">
          {found.map((item) => (
            <li key={item.messageId} className={styles.message}>
              <MessageRow row={{ item, hasMovedOn: false }} />
            </li>
          ))}
        </ol>
      )}
      <p role="status">{isEnd ? "The ids of all messages were looked at." : coverage(since)}</p>
      {isAsked && !query.data ? (
        <NotYet query={query} what="older messages" skeleton={null} />
      ) : (
        !isEnd && (
          <Button
            aria-disabled={query.isFetching}
            onClick={() => (isAsked ? query.fetchNextPage() : setIsAsked(true))}
          >
            {query.isFetching ? "Looking…" : "Look further back"}
          </Button>
        )
      )}
    </section>
  );
}

function coverage(since: string | undefined): string {
  return since === undefined
    ? "Of the messages that were accepted in the time that such an id begins with, only the newest were looked at."
    : `For part of an id, the messages accepted since ${shortTime(Date.parse(since))} were looked through, and those of the time that such an id would begin with. Older ones may have it as well.`;
}
