import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { fetchPage } from "../api/api.ts";
import { FEED, HEAD_EVERY_MS } from "../api/queries.ts";
import type { ListQuery } from "../api/types.ts";
import { now } from "../ui/clock.ts";
import { arrivalsIn, type FeedPage, rowsOf, toFeedPage, withLook } from "./feed.ts";
import { belongs, type Filter, orderOf, sourcesOf } from "./filter.ts";
import { type MergedPage, mergePages, type SourceState, START, wanted } from "./merge-pages.ts";
import { NEWEST_FIRST } from "./order.ts";

const FIRST_PAGE = 50;
const NEXT_PAGES = 100;
/** A look at rows further down starts at a multiple of this many, so that scrolling does not ask anew each time. */
const LOOK_STEP = 50;
const LOOK_EVERY_MS = 5_000;
/** So many pages in a row without a match, and the reader decides whether to go on. */
const MOST_EMPTY_PAGES = 20;
/** Delayed copies are looked for among so many pages of queued messages: a long backlog must not hide the rest. */
const QUEUED_PAGES = 5;

type Pages = InfiniteData<FeedPage, readonly SourceState[]>;

async function fetchMerged(
  filter: Filter,
  sources: readonly ListQuery[],
  states: readonly SourceState[],
  limit: number,
  signal: AbortSignal,
): Promise<MergedPage> {
  const pages = await Promise.all(
    wanted(states).map(async (cursor, i) => {
      if (cursor === undefined) return undefined;
      const query = { ...sources[i], limit: String(limit) };
      const page = await fetchPage(cursor === "start" ? query : { ...query, cursor }, signal);
      return { ...page, items: page.items.filter((item) => belongs(filter, item, now())) };
    }),
  );
  return mergePages(states, pages, orderOf(filter));
}

/**
 * The list of a filter: pages on demand, kept current at its top and around `firstVisible` (a row's index).
 */
export function useFeed(filter: Filter, firstVisible: number) {
  const client = useQueryClient();
  const sources = useMemo(() => sourcesOf(filter), [filter]);
  const order = orderOf(filter);
  const start = useMemo(() => sources.map((source) => startOf(filter, source)), [filter, sources]);
  const feedKey = useMemo(() => [FEED, filter.tab, sources] as const, [filter.tab, sources]);

  const feed = useInfiniteQuery({
    queryKey: feedKey,
    queryFn: async ({ pageParam, signal }) =>
      toFeedPage(
        await fetchMerged(filter, sources, pageParam, pageParam === start ? FIRST_PAGE : NEXT_PAGES, signal),
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
    queryKey: ["head", filter.tab, sources],
    queryFn: ({ signal }) =>
      fetchMerged(filter, sources, start, order === NEWEST_FIRST ? FIRST_PAGE : NEXT_PAGES, signal),
    refetchInterval: HEAD_EVERY_MS,
    enabled: feed.isSuccess,
  });
  // The API can begin a list at a time of acceptance, and at no other.
  const lookFrom =
    order === NEWEST_FIRST
      ? rows[Math.floor(firstVisible / LOOK_STEP) * LOOK_STEP - 1]?.item.createdAt
      : undefined;
  const look = useQuery({
    queryKey: ["look", sources, lookFrom],
    queryFn: ({ signal }) =>
      fetchMerged(
        filter,
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
        (data) => data && { ...data, pages: [...withLook(data.pages, seen, order, from)] },
      ),
    [client, feedKey, order],
  );
  useEffect(() => {
    if (head.data) noteLook(head.data);
  }, [noteLook, head.data]);
  useEffect(() => {
    if (look.data) noteLook(look.data, lookFrom);
  }, [noteLook, look.data, lookFrom]);

  const { hasNextPage } = feed;
  const arrivals = useMemo(
    () => arrivalsIn(head.data, rows, order, hasNextPage),
    [head.data, rows, order, hasNextPage],
  );
  /** Starts the list over with what the latest look at its top has seen. */
  const showArrivals = () => {
    const seen = head.data;
    if (seen) client.setQueryData<Pages>(feedKey, { pages: [toFeedPage(seen)], pageParams: [start] });
  };

  return {
    pages: feed,
    head,
    rows,
    order,
    arrivals,
    showArrivals,
    hasGivenUp: endsInEmptyPages(loaded ?? []),
  };
}

export type Feed = ReturnType<typeof useFeed>;

function startOf({ tab }: Filter, { status }: ListQuery): SourceState {
  return tab === "waiting" && status === "QUEUED" ? { ...START, pagesLeft: QUEUED_PAGES } : START;
}

function endsInEmptyPages(pages: readonly FeedPage[]): boolean {
  const latest = pages.slice(-MOST_EMPTY_PAGES);
  return latest.length === MOST_EMPTY_PAGES && latest.every(({ rows }) => rows.length === 0);
}
