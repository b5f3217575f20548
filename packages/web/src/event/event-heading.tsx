import type { UseQueryResult } from "@tanstack/react-query";
import type { Event } from "../api/types.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { appearanceOfEvent, describeEvent } from "../ui/describe-event.ts";
import { EventBadge } from "../ui/event-mark.tsx";
import { LiveMark } from "../ui/freshness.tsx";
import styles from "../ui/heading.module.css";
import { Time } from "../ui/time.tsx";
import { CancelDeliveries } from "./cancel-deliveries.tsx";
import { describeCounts } from "./describe-counts.ts";
import { MakeDeliveries } from "./make-deliveries.tsx";

/** Which event, and what has become of it. */
export function EventHeading({ event, query }: { readonly event: Event; readonly query: UseQueryResult }) {
  return (
    <header className={styles.heading}>
      <div className={styles.top}>
        <div className={styles.what}>
          <h1 className={styles.target}>{event.eventType}</h1>
          <div className={styles.id}>
            <code>{event.eventId}</code>
            <CopyButton text={event.eventId} what="event id" />
          </div>
        </div>
        <MakeDeliveries event={event} />
        <CancelDeliveries event={event} />
      </div>
      <div className={styles.state}>
        <EventBadge of={appearanceOfEvent(event)} />
        <span className={styles.line}>
          {[describeEvent(event), describeCounts(event.counts)].filter(Boolean).join(": ")}
        </span>
        <span className={styles.age}>
          accepted <Time at={event.createdAt} />
        </span>
        <span className={styles.live}>
          <LiveMark query={query} />
        </span>
      </div>
    </header>
  );
}
