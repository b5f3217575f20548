import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Lane } from "../api/types.ts";
import { ActionButtons } from "../message/action-buttons.tsx";
import { messageQuery } from "../message/message-query.ts";
import { filterSearch } from "../messages/filter.ts";
import { splitTarget } from "../messages/split-target.ts";
import { classes } from "../ui/classes.ts";
import { SafeText } from "../ui/safe-text.tsx";
import { StateLine } from "../ui/state-line.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { Time } from "../ui/time.tsx";
import { describeLane, describeWaiting } from "./describe-lane.ts";
import styles from "./lane-row.module.css";

const MARKS = { BLOCKED: "FAILED", HELD_UP: "WAITING", FLOWING: "PROCESSING" } as const;
const HEAD_EVERY_MS = 10_000;

/** One lane: its key and whose, what is first and why it does not move, since when, who waits, what can be done. */
export function LaneRow({ lane }: { readonly lane: Lane }) {
  const { name, tone, since } = describeLane(lane);
  const all = filterSearch({ tab: "all", sender: lane.senderId, ordering: lane.orderingKey });
  return (
    <article className={styles.row} aria-label={lane.orderingKey}>
      <span className={styles.mark}>
        <StatusMark of={MARKS[lane.state] ?? "WAITING"} />
      </span>
      <div className={styles.lane}>
        <Link href={`/messages${all}`} className={styles.key ?? ""} title="Show all of its messages" data-row>
          <SafeText>{lane.orderingKey}</SafeText>
        </Link>
        <bdi className={styles.muted}>{lane.senderId}</bdi>
      </div>
      <div className={styles.state}>
        <span className={classes(styles.name, styles[tone])}>{name}</span>
        {lane.since && since && (
          <span className={styles.muted}>
            {since} <Time at={lane.since} />
          </span>
        )}
      </div>
      <div className={styles.waiting}>{describeWaiting(lane) ?? "Nobody waits behind it"}</div>
      {lane.head ? <Head of={lane.head} /> : <div className={styles.head}>Nobody is in line</div>}
    </article>
  );
}

/** The message that is first in line: which, where to, where it stands. */
function Head({ of: head }: { readonly of: NonNullable<Lane["head"]> }) {
  const query = useQuery({ ...messageQuery(head.messageId), refetchInterval: HEAD_EVERY_MS });
  const message = query.data?.message;
  const { host, path } = splitTarget(message?.targetUrl);
  const attempts = `${head.attemptCount}${message ? ` of ${message.maxAttempts}` : ""}`;
  return (
    <>
      <div className={styles.head}>
        <div className={styles.line}>
          {message ? <StateLine item={message} /> : head.status.toLowerCase()}
        </div>
        <div className={styles.muted}>
          <Link href={`/messages/${head.messageId}`} className={styles.id ?? ""} state={{ fromList: true }}>
            {head.messageId}
          </Link>
          {` · attempt ${attempts}`}
          {message && (
            <>
              {" · "}
              <bdi>
                {host}
                {path}
              </bdi>
            </>
          )}
        </div>
      </div>
      <div className={styles.actions}>{message && <ActionButtons message={message} inRow />}</div>
    </>
  );
}
