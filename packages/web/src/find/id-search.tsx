import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { nextPage } from "../api/next-page.ts";
import { Button } from "../ui/button.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { shortTime } from "../ui/times.ts";
import { type FetchPart, type FoundByPart, MOST_FOUND } from "./find-by-part.ts";
import styles from "./find-page.module.css";

interface IdSearchProps<Item> extends Pick<FoundByPart<Item>, "searched" | "further"> {
  readonly kind: "messages" | "events" | "endpoints";
  readonly fetchPage: FetchPart<Item>;
  readonly rowOf: (item: Item) => ReactNode;
  readonly keyOf: (item: Item) => string;
}

/** How far part of an id was looked for, where that is not everywhere, and what lies further back. */
export function IdSearch<Item>({ kind, searched, further, fetchPage, rowOf, keyOf }: IdSearchProps<Item>) {
  const [isAsked, setIsAsked] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ["find ids", kind, further],
    queryFn: ({ pageParam: start, signal }) =>
      nextPage(
        (cursor) =>
          fetchPage(
            { idPart: further?.idPart ?? "", limit: MOST_FOUND, ...(cursor ? { cursor } : {}) },
            signal,
          ),
        start,
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
    <section className={styles.older} aria-label={`Ids of older ${kind}`}>
      {found.length > 0 && (
        <ol className={styles.rows} aria-label={`Older ${kind} found`}>
          {found.map((item) => (
            <li key={keyOf(item)}>{rowOf(item)}</li>
          ))}
        </ol>
      )}
      <p role="status" className={styles.coverage}>
        {isEnd ? `The ids of all ${kind} were looked at.` : coverage(kind, since)}
      </p>
      {isAsked && !query.data ? (
        <NotYet query={query} what={`older ${kind}`} skeleton={null} />
      ) : (
        !isEnd && (
          <Button
            small
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

function coverage(kind: string, since: string | undefined): string {
  if (since === undefined)
    return `Of the ${kind} that were accepted in the time that such an id begins with, only the newest were looked at.`;
  const time = shortTime(Date.parse(since));
  return kind === "endpoints"
    ? `For part of an id, the endpoints registered since ${time} were looked through. Older ones may have it as well.`
    : `For part of an id, the ${kind} accepted since ${time} were looked through, and those of the time that such an id would begin with. Older ones may have it as well.`;
}
