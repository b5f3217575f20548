import { useEffect, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { ApiError } from "../api/api-error.ts";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { SelectHead } from "../select/select-head.tsx";
import { useMaySelect } from "../select/use-may-select.ts";
import { useSelection } from "../select/use-selection.ts";
import { Button } from "../ui/button.tsx";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import { CheckIcon } from "../ui/icons.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { ArrowUpIcon, CancelIcon, RetryIcon } from "../ui/more-icons.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { EmptyList } from "./empty-list.tsx";
import { type Filter, filterSearch, parseFilter, TAB_NAMES, TABS } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { ListEnd } from "./list-end.tsx";
import { MessageList } from "./message-list.tsx";
import styles from "./messages.module.css";
import { type Feed, useFeed } from "./use-feed.ts";
import { WhichSender } from "./which-sender.tsx";

const Bulk = lazyPart("The bulk operation", () => import("../retry/bulk.tsx").then((m) => m.Bulk));

/** The messages of a filter, which is in the URL. */
export function Messages() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => parseFilter(search), [search]);
  const [firstVisible, setFirstVisible] = useState(0);
  const feed = useFeed(filter, firstVisible);

  const change = (next: Filter) => navigate(`/messages${filterSearch(next)}`, { replace: true });
  const step = (by: number) => {
    const tab = TABS[(TABS.indexOf(filter.tab) + by + TABS.length) % TABS.length];
    if (tab) change({ ...filter, tab });
  };
  useShortcuts({ "]": () => step(1), "[": () => step(-1) });

  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Messages</h1>
        {feed.pages.data && <LiveMark query={feed.head} />}
      </div>
      <Tabs label="Status" tabs={tabsOf(filter)} />
      <div className={styles.toolbar}>
        <Filters filter={filter} onChange={change} />
        <BulkButtons filter={filter} hasRows={feed.rows.length > 0} />
      </div>
      <StaleNotice query={feed.head} />
      <List
        key={filterSearch(filter)}
        filter={filter}
        feed={feed}
        onFirstVisible={setFirstVisible}
        onChange={change}
      />
    </div>
  );
}

function tabsOf({ key: _, ...filter }: Filter): readonly Tab[] {
  return TABS.map((tab) => ({
    name: TAB_NAMES[tab],
    href: `/messages${filterSearch({ ...filter, tab })}`,
    isCurrent: tab === filter.tab,
  }));
}

interface ListProps {
  readonly filter: Filter;
  readonly feed: Feed;
  readonly onFirstVisible: (index: number) => void;
  readonly onChange: (next: Filter) => void;
}

function List({ filter, feed, onFirstVisible, onChange }: ListProps) {
  const { pages, rows, order, arrivals, showArrivals, hasGivenUp } = feed;
  const selection = useSelection(`messages ${filterSearch(filter)}`, rows);
  const maySelect = useMaySelect();
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
  const loadMore = () => {
    const canLoad = pages.hasNextPage && !pages.isFetchingNextPage && !pages.isFetchNextPageError;
    if (canLoad && !hasGivenUp) pages.fetchNextPage();
  };

  const isKey = filter.key ?? filter.ordering;
  if (isKey && !filter.sender && pages.error instanceof ApiError && pages.error.status === 400) {
    return (
      <WhichSender
        what={filter.key ? "idempotency key" : "ordering key"}
        onAnswer={(sender) => onChange({ ...filter, sender })}
      />
    );
  }
  if (!pages.data)
    return <NotYet query={pages} what="the messages" skeleton={<Skeleton label="Loading the messages" />} />;
  if (rows.length === 0 && !pages.hasNextPage) return <EmptyList filter={filter} onChange={onChange} />;
  return (
    <div>
      <div className={styles.bar}>
        {maySelect ? (
          <SelectHead selection={selection}>
            <span className={styles.order}>{order.name}</span>
          </SelectHead>
        ) : (
          <span className={styles.order}>{order.name}</span>
        )}
        <span aria-live="polite">
          {arrivals.count > 0 && rows.length > 0 && (
            <Button kind="primary" small className={styles.arrivals} onClick={showNew}>
              <ArrowUpIcon />
              {arrivals.count}
              {arrivals.orMore && "+"} new
            </Button>
          )}
        </span>
      </div>
      <MessageList
        rows={rows}
        order={order}
        selection={maySelect ? selection : undefined}
        isComplete={!pages.hasNextPage}
        onFirstVisible={onFirstVisible}
        onNearEnd={loadMore}
      />
      <ListEnd pages={pages} hasGivenUp={hasGivenUp} count={rows.length} />
    </div>
  );
}

/** What can be done to all of the list at once. */
const BULK: Partial<Record<Filter["tab"], readonly BulkKind[]>> = {
  failed: ["resolve", "retry"],
  attention: ["resolve", "retry"],
  waiting: ["cancel"],
};
const BULK_NAMES: Record<BulkKind, string> = {
  retry: "Retry failed…",
  resolve: "Resolve failed…",
  cancel: "Cancel waiting…",
};

function BulkButtons({ filter, hasRows }: { readonly filter: Filter; readonly hasRows: boolean }) {
  const [open, setOpen] = useState<BulkKind>();
  const { canOperate, canManage } = useAccess();
  const mayRetry = canOperate || (canManage && filter.endpoint !== undefined);
  // The API chooses by neither here: it must not be done to all for some.
  if (filter.ordering || filter.metadata) return null;
  const kinds = BULK[filter.tab]?.filter((kind) => (kind === "retry" ? mayRetry : canOperate)) ?? [];
  return (
    <>
      {hasRows && kinds.length > 0 && (
        <div className={styles.bulk}>
          {kinds.map((kind) => (
            <Button key={kind} onClick={() => setOpen(kind)}>
              {kind === "retry" ? <RetryIcon /> : kind === "cancel" ? <CancelIcon /> : <CheckIcon />}
              {BULK_NAMES[kind]}
            </Button>
          ))}
        </div>
      )}
      {open && <Bulk kind={open} filter={filter} onClose={() => setOpen(undefined)} />}
    </>
  );
}
