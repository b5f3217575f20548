import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { fetchPage } from "../api/api.ts";
import { HEAD_EVERY_MS } from "../api/queries.ts";
import type { ListQuery } from "../api/types.ts";
import { arrivalsIn, type FeedPage, rowsOf, toFeedPage, withLook } from "./feed.ts";
import { type Filter, sourcesOf } from "./filter.ts";
import { type MergedPage, mergePages, type SourceState, START, wanted } from "./merge-pages.ts";

const FIRST_PAGE = 50;
const NEXT_PAGES = 100;
/** A look at rows further down starts at a multiple of this many, so that scrolling does not ask anew each time. */
const LOOK_STEP = 50;
const LOOK_EVERY_MS = 5_000;
/** So many pages in a row without a match, and the reader decides whether to go on. */
const MOST_EMPTY_PAGES = 20;

type Pages = InfiniteData<FeedPage, readonly SourceState[]>;

async function fetchMerged(
  sources: readonly ListQuery[],
  states: readonly SourceState[],
  limit: number,
  signal: AbortSignal,
): Promise<MergedPage> {
  const pages = await Promise.all(
    wanted(states).map((cursor, i) => {
      if (cursor === undefined) return undefined;
      const query = { ...sources[i], limit: String(limit) };
      return fetchPage(cursor === "start" ? query : { ...query, cursor }, signal);
    }),
  );
  return mergePages(states, pages);
}

/**
 * The list of a filter: pages on demand, kept current at its top and around `firstVisible` (a row's index).
 */
export function useFeed(filter: Filter, firstVisible: number) {
  const client = useQueryClient();
  const sources = useMemo(() => sourcesOf(filter), [filter]);
  const start = useMemo(() => sources.map(() => START), [sources]);
  const feedKey = useMemo(() => ["feed", sources] as const, [sources]);

  const feed = useInfiniteQuery({
    queryKey: feedKey,
    queryFn: async ({ pageParam, signal }) =>
      toFeedPage(
        await fetchMerged(sources, pageParam, pageParam === start ? FIRST_PAGE : NEXT_PAGES, signal),
      ),
    initialPageParam: start as readonly SourceState[],
    getNextPageParam: (page) => page.next,
    // Fetching every loaded page anew would make the list jump and cost a hundred calls: looks do it instead.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    // Comparing ten thousand rows with themselves for every page takes longer than showing them.
    structuralSharing: false,
  });
  const loaded = feed.data?.pages;
  const rows = useMemo(() => rowsOf(loaded ?? []), [loaded]);

  const head = useQuery({
    queryKey: ["head", sources],
    queryFn: ({ signal }) => fetchMerged(sources, start, FIRST_PAGE, signal),
    refetchInterval: HEAD_EVERY_MS,
    enabled: feed.isSuccess,
  });
  const lookFrom = rows[Math.floor(firstVisible / LOOK_STEP) * LOOK_STEP - 1]?.item.createdAt;
  const look = useQuery({
    queryKey: ["look", sources, lookFrom],
    queryFn: ({ signal }) =>
      fetchMerged(
        sources.map((source) => ({ ...source, ...(lookFrom ? { until: lookFrom } : {}) })),
        start,
        NEXT_PAGES,
        signal,
      ),
    refetchInterval: LOOK_EVERY_MS,
    enabled: lookFrom !== undefined,
    gcTime: 0,
  });

  const noteLook = useCallback(
    (seen: MergedPage, from?: string) =>
      client.setQueryData<Pages>(
        feedKey,
        (data) => data && { ...data, pages: [...withLook(data.pages, seen, from)] },
      ),
    [client, feedKey],
  );
  useEffect(() => {
    if (head.data) noteLook(head.data);
  }, [noteLook, head.data]);
  useEffect(() => {
    if (look.data) noteLook(look.data, lookFrom);
  }, [noteLook, look.data, lookFrom]);

  const arrivals = useMemo(() => arrivalsIn(head.data, rows), [head.data, rows]);
  /** Starts the list over with what the latest look at its top has seen. */
  const showArrivals = () => {
    const seen = head.data;
    if (seen) client.setQueryData<Pages>(feedKey, { pages: [toFeedPage(seen)], pageParams: [start] });
  };

  return { pages: feed, head, rows, arrivals, showArrivals, hasGivenUp: endsInEmptyPages(loaded ?? []) };
}

export type Feed = ReturnType<typeof useFeed>;

function endsInEmptyPages(pages: readonly FeedPage[]): boolean {
  const latest = pages.slice(-MOST_EMPTY_PAGES);
  return latest.length === MOST_EMPTY_PAGES && latest.every(({ rows }) => rows.length === 0);
}
