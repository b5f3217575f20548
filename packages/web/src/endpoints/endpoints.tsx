import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { fetchEndpoints } from "../api/api.ts";
import type { Endpoint } from "../api/types.ts";
import filters from "../find/filter-field.module.css";
import { SenderField } from "../find/sender-field.tsx";
import { Button } from "../ui/button.tsx";
import { Contained } from "../ui/contained.tsx";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import styles from "../ui/list-page.module.css";
import { Empty } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { useRowKeys } from "../ui/row-keys.ts";
import { useShortcuts } from "../ui/shortcuts.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { EndpointRow } from "./endpoint-row.tsx";
import { endpointsInTrouble, nextEndpoints } from "./fetch-endpoints.ts";
import { type EndpointFilter, endpointQuery, endpointSearch, parseEndpointFilter, STATES } from "./filter.ts";

const EVERY_MS = 5_000;
/** What is shown of the trouble before the list itself; a tab has all of it. */
const MOST_TROUBLE = 10;

/** The registered targets, those that do not get their events first. */
export function Endpoints() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const { canManage, senderId } = useAccess();
  const filter = useMemo(() => parseEndpointFilter(search), [search]);
  const list = useList(filter);
  const body = useRef<HTMLDivElement>(null);
  useRowKeys(body);

  const show = (next: EndpointFilter) => navigate(`/endpoints${endpointSearch(next)}`, { replace: true });
  const tabs = [undefined, ...STATES];
  const step = (by: number) => {
    const state = tabs[(tabs.indexOf(filter.state) + by + tabs.length) % tabs.length];
    show({ ...withoutState(filter), ...(state ? { state } : {}) });
  };
  useShortcuts({ "]": () => step(1), "[": () => step(-1) });
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Endpoints</h1>
        <div className={styles.side}>
          {list.pages.data && <LiveMark query={list.pages} />}
          {canManage && (
            <Button kind="primary" onClick={() => navigate("/endpoints/new")}>
              New endpoint
            </Button>
          )}
        </div>
      </div>
      <Tabs
        label="State"
        tabs={tabs.map((state) => ({
          name: state ? capital(state) : "All",
          href: `/endpoints${endpointSearch({ ...withoutState(filter), ...(state ? { state } : {}) })}`,
          isCurrent: state === filter.state,
        }))}
      />
      {senderId === "*" && (
        <search className={filters.filters}>
          <SenderField
            value={filter.sender}
            onApply={(sender) =>
              show({ ...(filter.state ? { state: filter.state } : {}), ...(sender ? { sender } : {}) })
            }
          />
        </search>
      )}
      <StaleNotice query={list.pages} />
      <div ref={body} className={styles.page}>
        <Contents filter={filter} list={list} onClear={() => show({})} />
      </div>
    </div>
  );
}

type List = ReturnType<typeof useList>;

function useList(filter: EndpointFilter) {
  const pages = useInfiniteQuery({
    queryKey: ["endpoints", filter],
    queryFn: ({ pageParam, signal }) =>
      nextEndpoints(fetchEndpoints, endpointQuery(filter), pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: EVERY_MS,
  });
  const trouble = useQuery({
    queryKey: ["endpoints", "trouble", filter.sender],
    queryFn: ({ signal }) => endpointsInTrouble(fetchEndpoints, filter.sender, signal),
    refetchInterval: EVERY_MS,
    enabled: filter.state === undefined,
  });
  return {
    pages,
    trouble: filter.state === undefined ? trouble.data : undefined,
    isAsking: trouble.isLoading,
  };
}

function Contents(props: {
  readonly filter: EndpointFilter;
  readonly list: List;
  readonly onClear: () => void;
}) {
  const { filter, list, onClear } = props;
  const { pages, trouble } = list;
  // Both at once: the second to come must not push the first down.
  if (!pages.data || list.isAsking)
    return (
      <NotYet query={pages} what="the endpoints" skeleton={<Skeleton label="Loading the endpoints" />} />
    );
  const first = trouble?.endpoints.slice(0, MOST_TROUBLE) ?? [];
  const shownFirst = new Set(first.map(({ endpointId }) => endpointId));
  const others = pages.data.pages
    .flatMap(({ items }) => items)
    .filter(({ endpointId }) => !shownFirst.has(endpointId));
  const hasMore = trouble !== undefined && (trouble.orMore || trouble.endpoints.length > first.length);
  if (first.length + others.length === 0 && !pages.hasNextPage)
    return <NoEndpoints filter={filter} onClear={onClear} />;
  return (
    <>
      {first.length > 0 && (
        <Group
          title="Not getting events"
          note={hasMore ? `The worst ${first.length}; the tabs have all of them` : undefined}
          endpoints={first}
        />
      )}
      {(others.length > 0 || pages.hasNextPage) && (
        <Group
          title={first.length > 0 ? "All others" : undefined}
          note="Newest first"
          endpoints={others}
          after={
            pages.hasNextPage && (
              <Button onClick={() => pages.fetchNextPage()} aria-disabled={pages.isFetchingNextPage}>
                {pages.isFetchingNextPage ? "Loading more…" : "Show more"}
              </Button>
            )
          }
        />
      )}
    </>
  );
}

function Group(props: {
  readonly title: string | undefined;
  readonly note: string | undefined;
  readonly endpoints: readonly Endpoint[];
  readonly after?: ReactNode;
}) {
  const { title, note, endpoints, after } = props;
  return (
    <section className={styles.group} aria-label={title ?? "Endpoints"}>
      <div className={styles.title}>
        {title && <h2>{title}</h2>}
        {note && <span className={styles.order}>{note}</span>}
      </div>
      {endpoints.length > 0 && (
        <ol className={styles.list}>
          {endpoints.map((endpoint) => (
            <li key={endpoint.endpointId}>
              <Contained what="This endpoint" renewedBy={endpoint}>
                <EndpointRow endpoint={endpoint} />
              </Contained>
            </li>
          ))}
        </ol>
      )}
      {after}
    </section>
  );
}

function NoEndpoints({ filter, onClear }: { readonly filter: EndpointFilter; readonly onClear: () => void }) {
  if (filter.sender) {
    return (
      <Empty title="No endpoint matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
        {filter.sender} has no {filter.state ?? ""} endpoint.
      </Empty>
    );
  }
  if (filter.state) return <Empty title={`No endpoint is ${filter.state}`} />;
  return (
    <Empty title="No endpoints yet">
      An endpoint is a registered target: a URL, the types of events it gets, and a signing secret of its own.
      An event of its sender then becomes one message to each endpoint that matches.
    </Empty>
  );
}

function withoutState({ state: _, ...rest }: EndpointFilter): EndpointFilter {
  return rest;
}

function capital(word: string): string {
  return word[0]?.toUpperCase() + word.slice(1);
}
