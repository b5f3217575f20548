import { Link } from "wouter";
import type { EventItem } from "../api/types.ts";
import { classes } from "../ui/classes.ts";
import { appearanceOfEvent, describeEvent } from "../ui/describe-event.ts";
import { EventMark } from "../ui/event-mark.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./event-row.module.css";

/** One event in one line (two on a narrow screen): its type, what became of it, whose, when. */
export function EventRow({ event }: { readonly event: EventItem }) {
  const appearance = appearanceOfEvent(event);
  return (
    <Link
      href={`/events/${event.eventId}`}
      state={{ fromList: true }}
      className={styles.row ?? ""}
      data-row={event.eventId}
    >
      <span className={styles.mark}>
        <EventMark of={appearance} />
      </span>
      <bdi className={styles.type}>{event.eventType}</bdi>
      <span className={classes(styles.outcome, styles[appearance])}>{describeEvent(event)}</span>
      <bdi className={styles.sender}>{event.senderId}</bdi>
      <span className={styles.time}>
        <Time at={event.createdAt} />
      </span>
    </Link>
  );
}
