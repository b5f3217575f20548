import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { ApiError } from "../api/api-error.ts";
import { Button } from "../ui/button.tsx";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import { ArrowUpIcon, RetryIcon } from "../ui/icons.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { EmptyList } from "./empty-list.tsx";
import { type Filter, filterSearch, parseFilter, TABS } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { ListEnd } from "./list-end.tsx";
import { MessageList } from "./message-list.tsx";
import styles from "./messages.module.css";
import { Tabs } from "./tabs.tsx";
import { useFeed } from "./use-feed.ts";
import { WhichSender } from "./which-sender.tsx";

const BulkRetry = lazy(() => import("../retry/bulk-retry.tsx").then((m) => ({ default: m.BulkRetry })));

const RETRYABLE_TABS: readonly Filter["tab"][] = ["failed", "attention"];

export function Messages() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => parseFilter(search), [search]);
  const change = (next: Filter) => navigate(`/messages${filterSearch(next)}`, { replace: true });
  const step = (by: number) => {
    const tab = TABS[(TABS.indexOf(filter.tab) + by + TABS.length) % TABS.length];
    if (tab) change({ ...filter, tab });
  };
  useShortcuts({ "]": () => step(1), "[": () => step(-1) });

  return (
    <div className={styles.page}>
      <h1 className={styles.title}>Messages</h1>
      <Tabs filter={filter} />
      <Filters key={search} filter={filter} onChange={change} />
      <Feed key={filterSearch(filter)} filter={filter} onChange={change} />
    </div>
  );
}

function Feed({ filter, onChange }: { readonly filter: Filter; readonly onChange: (next: Filter) => void }) {
  const [firstVisible, setFirstVisible] = useState(0);
  const [isRetrying, setIsRetrying] = useState(false);
  const { canOperate } = useAccess();
  const { feed, head, rows, arrivals, showArrivals, hasGivenUp } = useFeed(filter, firstVisible);

  const showNew = () => {
    showArrivals();
    scrollTo({ top: 0 });
  };
  useShortcuts({ n: arrivals.count > 0 ? showNew : undefined });
  // Where there is nothing, nothing can jump.
  const fillsEmptyList = rows.length === 0 && arrivals.count > 0;
  useEffect(() => {
    if (fillsEmptyList) showArrivals();
  });

  if (filter.key && !filter.sender && feed.error instanceof ApiError && feed.error.status === 400) {
    return <WhichSender idempotencyKey={filter.key} onAnswer={(sender) => onChange({ ...filter, sender })} />;
  }
  if (!feed.data) return <NotYet query={feed} what="the messages" skeleton={<Skeleton />} />;
  return (
    <>
      <div className={styles.status}>
        <LiveMark query={head} />
        {canOperate && RETRYABLE_TABS.includes(filter.tab) && rows.length > 0 && (
          <Button small onClick={() => setIsRetrying(true)}>
            <RetryIcon />
            Retry failed…
          </Button>
        )}
      </div>
      <StaleNotice query={head} />
      <div className={styles.arrivals} aria-live="polite">
        {arrivals.count > 0 && rows.length > 0 && (
          <Button kind="primary" small className={styles.arrivalsButton} onClick={showNew}>
            <ArrowUpIcon />
            {arrivals.count}
            {arrivals.orMore && "+"} new
          </Button>
        )}
      </div>
      {rows.length === 0 && !feed.hasNextPage ? (
        <EmptyList filter={filter} onChange={onChange} />
      ) : (
        <MessageList
          rows={rows}
          isComplete={!feed.hasNextPage}
          onFirstVisible={setFirstVisible}
          onNearEnd={() => {
            if (feed.hasNextPage && !feed.isFetchingNextPage && !feed.isFetchNextPageError && !hasGivenUp)
              feed.fetchNextPage();
          }}
        />
      )}
      <ListEnd feed={feed} hasGivenUp={hasGivenUp} count={rows.length} />
      <Suspense fallback={null}>
        {isRetrying && <BulkRetry filter={filter} onClose={() => setIsRetrying(false)} />}
      </Suspense>
    </>
  );
}

function Skeleton() {
  return <div className={styles.skeleton} aria-busy="true" role="status" aria-label="Loading the messages" />;
}
