import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { isMissing } from "../api/api-error.ts";
import { fetchLane, fetchLanes } from "../api/lanes.ts";
import { nextPage } from "../api/next-page.ts";
import type { Lane } from "../api/types.ts";
import filters from "../find/filter-field.module.css";
import { FilterField } from "../find/filter-field.tsx";
import { WhichSender } from "../messages/which-sender.tsx";
import { Button } from "../ui/button.tsx";
import { Contained } from "../ui/contained.tsx";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import styles from "../ui/list-page.module.css";
import { Empty } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { useRowKeys } from "../ui/row-keys.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { type LaneFilter, laneSearch, parseLaneFilter } from "./filter.ts";
import { LaneRow } from "./lane-row.tsx";

const EVERY_MS = 5_000;
/** Each row asks for its message: more than a screen of them would be asked for in vain. */
const PAGE = "20";

/** The lanes that stand still, or the one that is asked for. */
export function Lanes() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const { senderId } = useAccess();
  const filter = useMemo(() => parseLaneFilter(search), [search]);
  const body = useRef<HTMLDivElement>(null);
  useRowKeys(body);

  const show = (next: LaneFilter) => navigate(`/lanes${laneSearch(next)}`, { replace: true });
  const change = (changes: { readonly [Name in keyof LaneFilter]: string | undefined }) =>
    show(parseLaneFilter(laneSearch({ ...filter, ...changes } as LaneFilter)));
  const isUnclear = filter.ordering !== undefined && filter.sender === undefined && senderId === "*";
  return (
    <div className={styles.page} ref={body}>
      <h1>Lanes</h1>
      <p className={styles.order}>
        Messages of one sender with one ordering key are delivered one at a time, in the order in which they
        were accepted.
      </p>
      <search className={filters.filters}>
        <FilterField
          label="Sender"
          suggests="senders"
          value={filter.sender}
          onApply={(sender) => change({ sender })}
        />
        <FilterField
          label="Ordering key"
          value={filter.ordering}
          onApply={(ordering) => change({ ordering })}
        />
      </search>
      {isUnclear ? (
        <WhichSender what="ordering key" onAnswer={(sender) => change({ sender })} />
      ) : filter.ordering === undefined ? (
        <StandingStill sender={filter.sender} />
      ) : (
        <OneLane orderingKey={filter.ordering} sender={filter.sender} onClear={() => show({})} />
      )}
    </div>
  );
}

function StandingStill({ sender }: { readonly sender: string | undefined }) {
  const pages = useInfiniteQuery({
    queryKey: ["lanes", sender],
    queryFn: ({ pageParam, signal }) =>
      nextPage(
        (cursor) =>
          fetchLanes(
            { limit: PAGE, ...(sender ? { senderId: sender } : {}), ...(cursor ? { cursor } : {}) },
            signal,
          ),
        pageParam,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: EVERY_MS,
  });
  if (!pages.data)
    return <NotYet query={pages} what="the lanes" skeleton={<Skeleton label="Loading the lanes" />} />;
  const lanes = pages.data.pages.flatMap(({ items }) => items);
  if (lanes.length === 0 && !pages.hasNextPage) {
    return (
      <Empty title="Every lane moves">
        A lane is listed here while the same message is first in it for long, or has failed and blocks the
        others.
      </Empty>
    );
  }
  return (
    <>
      <StaleNotice query={pages} />
      <Group title="Standing still" note="The longest first" lanes={lanes} mark={<LiveMark query={pages} />}>
        {pages.hasNextPage && (
          <Button onClick={() => pages.fetchNextPage()} aria-disabled={pages.isFetchingNextPage}>
            {pages.isFetchingNextPage ? "Loading more…" : "Show more"}
          </Button>
        )}
      </Group>
    </>
  );
}

function OneLane(props: {
  readonly orderingKey: string;
  readonly sender: string | undefined;
  readonly onClear: () => void;
}) {
  const { orderingKey, sender, onClear } = props;
  const query = useQuery({
    queryKey: ["lanes", sender, orderingKey],
    queryFn: ({ signal }) => fetchLane(orderingKey, sender, signal),
    refetchInterval: EVERY_MS,
  });
  if (isMissing(query.error) && !query.data) {
    return (
      <Empty title="There is no such lane" action={<Button onClick={onClear}>Show what stands still</Button>}>
        {sender ?? "This sender"} has sent nothing with this ordering key, or nothing for a long time.
      </Empty>
    );
  }
  if (!query.data)
    return <NotYet query={query} what="the lane" skeleton={<Skeleton label="Loading the lane" />} />;
  return (
    <>
      <StaleNotice query={query} />
      <Group title="This lane" lanes={[query.data]} mark={<LiveMark query={query} />} />
    </>
  );
}

function Group(props: {
  readonly title: string;
  readonly note?: string;
  readonly lanes: readonly Lane[];
  readonly mark: ReactNode;
  readonly children?: ReactNode;
}) {
  const { title, note, lanes, mark, children } = props;
  return (
    <section className={styles.group} aria-label={title}>
      <div className={styles.title}>
        <h2>{title}</h2>
        <div className={styles.side}>
          {note && <span className={styles.order}>{note}</span>}
          {mark}
        </div>
      </div>
      <ol className={styles.list}>
        {lanes.map((lane) => (
          <li key={`${lane.senderId} ${lane.orderingKey}`}>
            <Contained what="This lane" renewedBy={lane}>
              <LaneRow lane={lane} />
            </Contained>
          </li>
        ))}
      </ol>
      {children}
    </section>
  );
}
