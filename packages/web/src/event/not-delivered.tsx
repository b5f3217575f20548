import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { fetchEndpoints } from "../api/api.ts";
import { fetchEvent } from "../api/events.ts";
import type { Event } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import panel from "../ui/facts.module.css";
import { FactLink } from "../ui/facts.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import styles from "./event.module.css";
import { type Reason, reasonsOf } from "./reasons-of.ts";

/** The endpoints of its sender that did not get it. Those that were disabled are known; why the others is asked. */
export function NotDelivered({ event }: { readonly event: Event }) {
  const id = useId();
  // Where it went to none, this is the question.
  const [isAsked, setIsAsked] = useState(event.matched === 0);
  const explained = useQuery({
    queryKey: ["event", event.eventId, "explained"],
    queryFn: async ({ signal }) => (await fetchEvent(event.eventId, true, signal)).event.notMatched ?? [],
    enabled: isAsked,
  });
  const reasons = reasonsOf(event.skipped, explained.data ?? []);
  const names = useNames(event.senderId, reasons.length > 0);
  if (isAsked && !explained.data)
    return (
      <NotYet query={explained} what="who did not get it" skeleton={<Skeleton label="Asking" lines={2} />} />
    );
  return (
    <section aria-labelledby={id} className={panel.panel}>
      <h2 id={id} className={panel.title}>
        Not delivered to
      </h2>
      {reasons.length > 0 && (
        <ul>
          {reasons.map((reason) => (
            <Row key={reason.endpointId} reason={reason} name={names.get(reason.endpointId)} />
          ))}
        </ul>
      )}
      {isAsked && reasons.length === 0 && (
        <p className={styles.none}>
          {event.matched === 0
            ? `${event.senderId} has no endpoint now.`
            : `All endpoints of ${event.senderId} got it.`}
        </p>
      )}
      {!isAsked && (
        <div className={styles.none}>
          <Button small onClick={() => setIsAsked(true)}>
            {reasons.length > 0 ? "Why not the others?" : "Why not to other endpoints?"}
          </Button>
        </div>
      )}
    </section>
  );
}

function Row({ reason, name }: { readonly reason: Reason; readonly name: string | undefined }) {
  return (
    <li className={styles.reason}>
      <FactLink href={`/endpoints/${reason.endpointId}`}>{name ?? reason.endpointId}</FactLink>
      <span className={styles.path}>{reason.text}</span>
    </li>
  );
}

const LATEST = "100";

/** What endpoints are called, by id: their URLs. Of a sender with very many, the newest. */
function useNames(senderId: string, isWanted: boolean): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ["endpoints", "names", senderId],
    queryFn: ({ signal }) => fetchEndpoints({ senderId, limit: LATEST }, signal),
    enabled: isWanted,
  });
  return new Map(data?.items.map(({ endpointId, url }) => [endpointId, url]));
}
