import { useId } from "react";
import { Link } from "wouter";
import type { Event } from "../api/types.ts";
import { splitTarget } from "../messages/split-target.ts";
import { classes } from "../ui/classes.ts";
import { now } from "../ui/clock.ts";
import panel from "../ui/facts.module.css";
import { StateLine } from "../ui/state-line.tsx";
import { APPEARANCE_NAMES, appearanceOf } from "../ui/status.ts";
import { StatusMark } from "../ui/status-mark.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import styles from "./event.module.css";

/** One row for each endpoint that it goes to: where its message stands, and the way to its story. */
export function Deliveries({ event }: { readonly event: Event }) {
  const id = useId();
  const { messages, matched } = event;
  const more = matched - messages.length;
  return (
    <section aria-labelledby={id} className={panel.panel}>
      <h2 id={id} className={panel.title}>
        Deliveries
      </h2>
      {messages.length > 0 && (
        <ol className={styles.deliveries}>
          {messages.map((item) => (
            <li key={item.messageId} className={styles.delivery}>
              <Delivery item={item} />
            </li>
          ))}
        </ol>
      )}
      {matched === 0 && <p className={styles.none}>It goes to no endpoint, so no message was made.</p>}
      {more > 0 && (
        <p className={styles.none}>
          {messages.length === 0 ? "" : "And "}
          {more.toLocaleString()} {messages.length === 0 ? "" : "more, "}
          {event.status === "PENDING" ? "about to be made." : "not shown here."}
        </p>
      )}
    </section>
  );
}

function Delivery({ item }: { readonly item: Event["messages"][number] }) {
  const appearance = appearanceOf(item, now());
  const { host, path } = splitTarget(item.targetUrl);
  return (
    <>
      <Link href={`/messages/${item.messageId}`} className={styles.message ?? ""}>
        <span className={styles.mark}>
          <StatusMark of={appearance} />
          <VisuallyHidden>{APPEARANCE_NAMES[appearance]}</VisuallyHidden>
        </span>
        <span className={styles.target}>
          <bdi className={styles.host}>{host}</bdi>
          <bdi className={styles.path}>{path}</bdi>
        </span>
        <span className={classes(styles.state, styles[appearance])}>
          <StateLine item={item} />
        </span>
      </Link>
      {item.endpointId && (
        <Link href={`/endpoints/${item.endpointId}`} className={styles.endpoint ?? ""}>
          Endpoint<VisuallyHidden> {host + path}</VisuallyHidden>
        </Link>
      )}
    </>
  );
}
