import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { fetchSeries } from "../api/targets.ts";
import type { Minute } from "../api/types.ts";
import { FilterField } from "../find/filter-field.tsx";
import { SenderField } from "../find/sender-field.tsx";
import { Button } from "../ui/button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { CloseIcon } from "../ui/more-icons.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./activity.module.css";
import { LineChart } from "./line-chart.tsx";
import {
  isEverything,
  PERIOD_WORDS,
  PERIODS,
  parseScope,
  type Scope,
  scopeSearch,
  stepsOf,
  stepsOfMinutes,
} from "./period.ts";
import { TRAFFIC, TROUBLE } from "./series.ts";

const StepTable = lazyPart("The table", () => import("./step-table.tsx").then((m) => m.StepTable));

const EVERY_MS = 15_000;

/**
 * What happened, over an hour, a day or a week. Two charts, because a handful of failures beside thousands of messages
 * would be invisible on one scale. The table says the same to those who cannot see the charts, or want the numbers.
 */
export function Activity({ minutes }: { readonly minutes: readonly Minute[] }) {
  const search = useSearch();
  const [, navigate] = useLocation();
  const scope = useMemo(() => parseScope(search), [search]);
  const [asTable, setAsTable] = useState(false);
  const { period, sender, target, endpoint } = scope;
  // The hour of everything comes with the counts.
  const isAtHand = period === "hour" && isEverything(scope);
  const query = useQuery({
    queryKey: ["series", scope],
    queryFn: ({ signal }) => fetchSeries(scope, signal),
    refetchInterval: EVERY_MS,
    enabled: !isAtHand,
  });
  const change = (next: Scope) => navigate(`/${scopeSearch(next)}`, { replace: true });
  const apply = (name: "sender" | "target", value: string | undefined) => {
    const { [name]: _, endpoint: __, ...rest } = scope;
    change({ ...rest, ...(value ? { [name]: name === "target" ? value.toLowerCase() : value } : {}) });
  };
  const steps = useMemo(
    () => (isAtHand ? stepsOfMinutes(minutes) : query.data && stepsOf(period, query.data)),
    [isAtHand, minutes, query.data, period],
  );
  const { title } = PERIOD_WORDS[period];
  return (
    <section id="activity" aria-labelledby="activity-title" className={styles.section}>
      <div className={styles.head}>
        <h2 id="activity-title">{title}</h2>
        <div className={styles.choices}>
          <fieldset className={styles.periods} aria-label="Period">
            {PERIODS.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === period}
                onClick={() => change({ ...scope, period: one })}
              >
                {PERIOD_WORDS[one].name}
              </button>
            ))}
          </fieldset>
          <SenderField value={sender} onApply={(value) => apply("sender", value)} />
          <FilterField
            label="Target"
            suggests="targets"
            placeholder="All"
            value={target}
            onApply={(value) => apply("target", value)}
          />
          {endpoint && <span className={styles.chip}>Endpoint {endpoint}</span>}
          {!isEverything(scope) && (
            <Button kind="plain" small onClick={() => change({ period })}>
              <CloseIcon />
              Clear
            </Button>
          )}
          <Button small kind="plain" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Show charts" : "Show as a table"}
          </Button>
        </div>
      </div>
      {steps === undefined ? (
        <NotYet query={query} what="the charts" skeleton={<Skeleton label="Loading the charts" />} />
      ) : asTable ? (
        <StepTable steps={steps} />
      ) : (
        <Charts steps={steps} isSample={!isEverything(scope)} />
      )}
      {!isEverything(scope) && query.data?.basis && <Basis basis={query.data.basis} />}
    </section>
  );
}

function Charts(props: { readonly steps: ReturnType<typeof stepsOf>; readonly isSample: boolean }) {
  const { steps, isSample } = props;
  const [pointed, onPoint] = useState<number>();
  const { step, text } = PERIOD_WORDS[steps.period];
  const common = {
    steps,
    pointed,
    onPoint,
    unknownText: isSample ? "Older messages are not counted" : "Not known",
  };
  return (
    <div className={styles.charts}>
      <LineChart
        title="Traffic"
        meaning={`Messages accepted and messages delivered, ${step}`}
        series={TRAFFIC}
        emptyText={`No message in ${text}`}
        {...common}
      />
      <LineChart
        title="Trouble"
        meaning="Each time it happened, also to messages that came home since"
        series={TROUBLE}
        emptyText={`No trouble in ${text}`}
        {...common}
      />
    </div>
  );
}

/** Nobody should take a part for the whole. */
function Basis(props: { readonly basis: { readonly messages: number; readonly since: string } }) {
  const { messages, since } = props.basis;
  return (
    <p className={styles.basis}>
      Counted among the newest {messages.toLocaleString()} {messages === 1 ? "message" : "messages"}, which
      are all since <Time at={since} />.
    </p>
  );
}
