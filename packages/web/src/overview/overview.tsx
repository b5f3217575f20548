import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { statsQuery } from "../api/queries.ts";
import { LiveMark, StaleNotice } from "../ui/freshness.tsx";
import { NotYet } from "../ui/query-state.tsx";
import styles from "./overview.module.css";
import { QueueDepth } from "./queue-depth.tsx";
import { StatusCounts } from "./status-counts.tsx";
import { Verdict } from "./verdict.tsx";

const LastHour = lazy(() => import("./last-hour.tsx").then((m) => ({ default: m.LastHour })));

export function Overview() {
  const query = useQuery(statsQuery(undefined));
  const stats = query.data;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Overview</h1>
        {stats && <LiveMark query={query} />}
      </div>
      <StaleNotice query={query} />
      {stats ? (
        <>
          <Verdict stats={stats} />
          <StatusCounts stats={stats} />
          <QueueDepth stats={stats} />
          <Suspense fallback={<div className={styles.chartSkeleton} />}>
            <LastHour minutes={stats.perMinute} />
          </Suspense>
        </>
      ) : (
        <NotYet query={query} what="the overview" skeleton={<Skeleton />} />
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div className={styles.page} aria-busy="true" role="status" aria-label="Loading the overview">
      <div className={styles.skeleton} />
      <div className={styles.skeleton} />
      <div className={styles.skeleton} />
      <div className={styles.chartSkeleton} />
    </div>
  );
}
