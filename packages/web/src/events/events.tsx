import { useEffect, useMemo, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import filters from "../find/filter-field.module.css";
import { FilterField } from "../find/filter-field.tsx";
import { MetadataField } from "../find/metadata-field.tsx";
import { SenderField } from "../find/sender-field.tsx";
import { TimeFilter } from "../find/time-filter.tsx";
import { Button } from "../ui/button.tsx";
import { Contained } from "../ui/contained.tsx";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import styles from "../ui/list-page.module.css";
import { ArrowUpIcon, CloseIcon } from "../ui/more-icons.tsx";
import { Empty } from "../ui/notice.tsx";
import { useExactTimes } from "../ui/preferences.ts";
import { NotYet } from "../ui/query-state.tsx";
import { useRowKeys } from "../ui/row-keys.ts";
import { useShortcuts } from "../ui/shortcuts.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { EventRow } from "./event-row.tsx";
import { type EventFilter, eventSearch, isNarrowed, parseEventFilter } from "./filter.ts";
import { useEvents } from "./use-events.ts";

/** What was accepted to be delivered to endpoints, and what of it went nowhere. */
export function Events() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => parseEventFilter(search), [search]);
  const feed = useEvents(filter);

  const show = (next: EventFilter) => navigate(`/events${eventSearch(next)}`, { replace: true });
  const apply = (changes: { readonly [Name in keyof EventFilter]?: string | undefined }) => {
    const { isUnmatched, ...fields } = filter;
    const next = Object.entries({ ...fields, ...changes }).filter(([, value]) => value);
    show({ isUnmatched, ...Object.fromEntries(next) });
  };
  const otherTab = () => show({ ...filter, isUnmatched: !filter.isUnmatched });
  useShortcuts({ "]": otherTab, "[": otherTab });
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Events</h1>
        {feed.pages.data && <LiveMark query={feed.head} />}
      </div>
      <Tabs
        label="Which events"
        tabs={[false, true].map((isUnmatched) => ({
          name: isUnmatched ? "Unmatched" : "All",
          href: `/events${eventSearch({ ...filter, isUnmatched })}`,
          isCurrent: isUnmatched === filter.isUnmatched,
        }))}
      />
      <search className={filters.filters}>
        <SenderField value={filter.sender} onApply={(sender) => apply({ sender })} />
        <FilterField
          label="Type"
          placeholder="invoice.paid"
          value={filter.type}
          onApply={(type) => apply({ type })}
        />
        <MetadataField value={filter.metadata} onApply={(metadata) => apply({ metadata })} />
        <TimeFilter since={filter.since} until={filter.until} onApply={apply} />
        {isNarrowed(filter) && (
          <Button kind="plain" small onClick={() => show({ isUnmatched: filter.isUnmatched })}>
            <CloseIcon />
            Clear
          </Button>
        )}
      </search>
      <StaleNotice query={feed.head} />
      <List key={eventSearch(filter)} filter={filter} feed={feed} />
    </div>
  );
}

interface ListProps {
  readonly filter: EventFilter;
  readonly feed: ReturnType<typeof useEvents>;
}

function List({ filter, feed }: ListProps) {
  const { pages, events, arrivals, showArrivals } = feed;
  const body = useRef<HTMLDivElement>(null);
  const exact = useExactTimes();
  useRowKeys(body);
  const showNew = () => {
    showArrivals();
    scrollTo({ top: 0 });
  };
  useShortcuts({ n: arrivals > 0 ? showNew : undefined });
  // Where there is nothing, nothing can jump.
  const fillsEmptyList = events.length === 0 && arrivals > 0;
  useEffect(() => {
    if (fillsEmptyList) showArrivals();
  });
  if (!pages.data)
    return <NotYet query={pages} what="the events" skeleton={<Skeleton label="Loading the events" />} />;
  if (events.length === 0 && !pages.hasNextPage) return <NoEvents filter={filter} />;
  return (
    <div ref={body} className={styles.group}>
      <div className={styles.bar}>
        <span className={styles.order}>Newest first</span>
        <span aria-live="polite">
          {arrivals > 0 && events.length > 0 && (
            <Button kind="primary" small className={styles.arrivals} onClick={showNew}>
              <ArrowUpIcon />
              {arrivals} new
            </Button>
          )}
        </span>
      </div>
      {events.length > 0 && (
        <ol className={styles.list} data-exact={exact || undefined} aria-label="Events, newest first">
          {events.map((event) => (
            <li key={event.eventId}>
              <Contained what="This event" renewedBy={event}>
                <EventRow event={event} />
              </Contained>
            </li>
          ))}
        </ol>
      )}
      {pages.hasNextPage && (
        <Button onClick={() => pages.fetchNextPage()} aria-disabled={pages.isFetchingNextPage}>
          {pages.isFetchingNextPage ? "Loading more…" : "Show more"}
        </Button>
      )}
    </div>
  );
}

function NoEvents({ filter }: { readonly filter: EventFilter }) {
  if (isNarrowed(filter))
    return <Empty title="No event matches">Nothing here has all that the filters ask for.</Empty>;
  if (filter.isUnmatched)
    return <Empty title="Every event went somewhere">None was accepted that matched no endpoint.</Empty>;
  return (
    <Empty title="No events yet">
      An event is sent once, by its type, and becomes one message to each endpoint of its sender that matches.
    </Empty>
  );
}
