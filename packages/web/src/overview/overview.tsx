import { useQuery } from "@tanstack/react-query";
import { useAccess } from "../access/access.ts";
import { droppedQuery, statsQuery, unmatchedQuery, waitingQuery } from "../api/queries.ts";
import { isFirstRun } from "../first-run/is-first-run.ts";
import { now } from "../ui/clock.ts";
import { Contained } from "../ui/contained.tsx";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { NOTHING_WAITS } from "./count-waiting.ts";
import styles from "./overview.module.css";
import { QueueDepth } from "./queue-depth.tsx";
import { StatusCounts } from "./status-counts.tsx";
import { Verdict } from "./verdict.tsx";

const FirstRun = lazyPart("How to begin", () => import("../first-run/first-run.tsx").then((m) => m.FirstRun));
const Targets = lazyPart("The targets", () => import("./targets.tsx").then((m) => m.Targets));
const Activity = lazyPart(
  "The charts",
  () => import("./activity.tsx").then((m) => m.Activity),
  <Skeleton label="Loading the charts" />,
);

export function Overview() {
  const query = useQuery(statsQuery(undefined));
  const stats = query.data;
  const open = stats ? stats.counts.PENDING + stats.counts.QUEUED : 0;
  const counted = useQuery({ ...waitingQuery, enabled: open > 0 });
  const waiting = open > 0 ? counted.data : NOTHING_WAITS;
  // After what concerns everybody.
  const enabled = stats !== undefined;
  const dropped = useQuery({ ...droppedQuery, enabled });
  const unmatched = useQuery({ ...unmatchedQuery, enabled });
  const seesQueue = useAccess().senderId === "*";
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Overview</h1>
        {stats && <LiveMark query={query} />}
      </div>
      <StaleNotice query={query} />
      {stats ? (
        <>
          <Contained what="The verdict" renewedBy={stats}>
            <Verdict
              stats={stats}
              waiting={waiting}
              dropped={dropped.data}
              unmatched={unmatched.data}
              seesQueue={seesQueue}
              now={now()}
            />
          </Contained>
          {isFirstRun(stats) && <FirstRun />}
          <Contained what="The counts" renewedBy={stats}>
            <StatusCounts stats={stats} waiting={waiting} />
          </Contained>
          <Targets />
          <Contained what="The queue" renewedBy={stats}>
            <QueueDepth stats={stats} seesQueue={seesQueue} />
          </Contained>
          <Activity minutes={stats.perMinute} />
        </>
      ) : (
        <NotYet query={query} what="the overview" skeleton={<Skeletons />} />
      )}
    </div>
  );
}

function Skeletons() {
  return (
    <>
      <Skeleton label="Loading the overview" lines={2} />
      <Skeleton label="Loading the counts" lines={2} />
      <Skeleton label="Loading the charts" />
    </>
  );
}
