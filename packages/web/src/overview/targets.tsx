import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { fetchTargets } from "../api/targets.ts";
import type { Target, TargetList } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { classes } from "../ui/classes.ts";
import { now } from "../ui/clock.ts";
import { EndpointMark } from "../ui/endpoint-mark.tsx";
import { Time } from "../ui/time.tsx";
import { spellDuration } from "../ui/times.ts";
import { chartsOf, lastInWords, listOf, rateInWords, timesInWords } from "./describe-target.ts";
import styles from "./targets.module.css";

/** It reads more than a thousand messages. */
const EVERY_MS = 30_000;
const SHOWN_FIRST = 6;

/** Which hosts and endpoints fail, the worst first, each with the way to its messages. Nothing until it is known. */
export function Targets() {
  const { data } = useQuery({
    queryKey: ["targets"],
    queryFn: ({ signal }) => fetchTargets(signal),
    refetchInterval: EVERY_MS,
  });
  const [showsAll, setShowsAll] = useState(false);
  if (data === undefined || data.items.length === 0) return null;
  const { items } = data;
  const failing = items.filter(({ health }) => health === "FAILING").length;
  const shown = showsAll ? items : items.slice(0, Math.max(SHOWN_FIRST, failing));
  return (
    <section id="targets" aria-labelledby="targets-title" className={styles.section}>
      <div className={styles.head}>
        <h2 id="targets-title">Targets</h2>
        <p className={failing > 0 ? styles.bad : styles.muted}>
          {headline(failing, items.length + data.omitted)}
        </p>
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">State</th>
            <th scope="col">Last attempt</th>
            <th scope="col" className={styles.number}>
              Succeed
            </th>
            <th
              scope="col"
              className={styles.number}
              title="First attempts that succeeded: half of them, and 95 of a hundred, within"
            >
              p50 / p95
            </th>
            <th scope="col" className={styles.number}>
              To repeat
            </th>
            <th scope="col" className={styles.number}>
              Failed
            </th>
            <th scope="col">
              <span className={styles.hidden}>Charts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((target) => (
            <Row key={`${target.endpointId ?? ""} ${target.target ?? ""}`} target={target} />
          ))}
        </tbody>
      </table>
      <div className={styles.foot}>
        <p className={styles.muted}>
          <BasisText data={data} />
        </p>
        {items.length > shown.length && (
          <Button kind="plain" small onClick={() => setShowsAll(true)}>
            Show all {items.length}
          </Button>
        )}
      </div>
    </section>
  );
}

function headline(failing: number, all: number): string {
  const targets = `${all.toLocaleString()} ${all === 1 ? "target" : "targets"}`;
  if (failing === 0) return `${targets}, none fails`;
  return `${failing} of ${targets} ${failing === 1 ? "fails" : "fail"}`;
}

function Row({ target }: { readonly target: Target }) {
  const { lastAttempt, endpointId, failed, retrying, attempts, successRate, firstAttempt } = target;
  const { tone, text, more } = stateOf(target);
  const name = target.target ?? endpointId ?? "";
  return (
    <tr>
      <th scope="row">
        <Link href={listOf(target)} className={styles.link ?? ""}>
          <EndpointMark of={{ tone, appearance: tone === "good" ? "ACTIVE" : "FAILING" }} />
          <span className={styles.name}>
            <bdi>{name}</bdi>
            {endpointId && target.target && <bdi className={styles.endpoint}>{endpointId}</bdi>}
          </span>
        </Link>
      </th>
      <td data-label="State" className={classes(styles[tone])}>
        {text}
        {more && <span className={styles.muted}> · {more}</span>}
      </td>
      <td data-label="Last attempt">
        {lastInWords(target)}
        {lastAttempt && (
          <span className={styles.muted}>
            {" "}
            <Time at={lastAttempt.at} />
          </span>
        )}
      </td>
      <td
        data-label="Succeed"
        data-none={successRate === undefined || undefined}
        className={styles.number}
        title={attemptsText(attempts)}
      >
        {rateInWords(target)}
      </td>
      <td
        data-label="p50 / p95"
        data-none={firstAttempt === undefined || undefined}
        className={styles.number}
      >
        {timesInWords(target)}
      </td>
      <td
        data-label="To repeat"
        data-none={retrying === 0 || undefined}
        className={classes(styles.number, retrying === 0 && styles.muted)}
      >
        {retrying.toLocaleString()}
      </td>
      <td
        data-label="Failed"
        data-none={failed === 0 || undefined}
        className={classes(styles.number, failed === 0 ? styles.muted : styles.bad)}
      >
        {failed.toLocaleString()}
      </td>
      <td className={styles.number}>
        <Link
          href={chartsOf(target)}
          className={styles.chart ?? ""}
          aria-label={`Charts of ${name}`}
          onClick={() => document.getElementById("activity")?.scrollIntoView()}
        >
          Charts
        </Link>
      </td>
    </tr>
  );
}

interface TargetState {
  readonly tone: "good" | "warn" | "bad";
  readonly text: string;
  readonly more?: string;
}

function stateOf({ health, failingSince, failures, attempts }: Target): TargetState {
  if (health === "FAILING") {
    const lasts = failingSince ? ` for ${spellDuration(now() - Date.parse(failingSince))}` : "";
    return { tone: "bad", text: `Failing${lasts}`, more: `${failures.toLocaleString()} in a row` };
  }
  if (failures > 0) return { tone: "warn", text: "Last attempt failed" };
  if (attempts.failed > 0) return { tone: "warn", text: "Some attempts fail" };
  return { tone: "good", text: attempts.succeeded > 0 ? "All attempts succeed" : "No attempt yet" };
}

function attemptsText({ succeeded, failed }: Target["attempts"]): string {
  return `${succeeded.toLocaleString()} of ${(succeeded + failed).toLocaleString()} attempts succeeded`;
}

/** Nobody should take a part for the whole. */
function BasisText({ data: { basis } }: { readonly data: TargetList }) {
  const { messages, since, failed, retrying, capped } = basis;
  const beside = [
    failed > 0 && `${failed.toLocaleString()} older that failed`,
    retrying > 0 && `${retrying.toLocaleString()} that are to be repeated`,
  ].filter(Boolean);
  return (
    <>
      Told of {capped.includes("messages") ? "the newest" : "all"} {messages.toLocaleString()}{" "}
      {messages === 1 ? "message" : "messages"} since <Time at={since} />
      {beside.length > 0 && `, and of ${beside.join(" and ")}`}.
    </>
  );
}
