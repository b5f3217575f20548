import { useId } from "react";
import type { Event } from "../api/types.ts";
import { filterSearch } from "../messages/filter.ts";
import { AsideLink, DeliveryList, TargetName } from "../ui/delivery-list.tsx";
import panel from "../ui/facts.module.css";
import { FactLink } from "../ui/facts.tsx";
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
      <DeliveryList
        name={`deliveries of ${event.eventId}`}
        items={messages}
        hasLongNames
        nameOf={({ targetUrl }) => <TargetName url={targetUrl} />}
        asideOf={({ endpointId, targetUrl }) =>
          endpointId && (
            <AsideLink href={`/endpoints/${endpointId}`}>
              Endpoint<VisuallyHidden> {targetUrl}</VisuallyHidden>
            </AsideLink>
          )
        }
        none={null}
      />
      {matched === 0 && <p className={styles.none}>It goes to no endpoint, so no message was made.</p>}
      {more > 0 && (
        <p className={styles.none}>
          {event.status === "PENDING" ? (
            `${more.toLocaleString()} more are about to be made.`
          ) : (
            <FactLink href={`/messages${filterSearch({ tab: "all", event: event.eventId })}`}>
              All {matched.toLocaleString()} deliveries
            </FactLink>
          )}
        </p>
      )}
    </section>
  );
}
