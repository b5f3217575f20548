import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { isMissing } from "../api/api-error.ts";
import { fetchEvent } from "../api/events.ts";
import type { Event } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Contained } from "../ui/contained.tsx";
import { StaleNotice } from "../ui/freshness.tsx";
import { BackIcon } from "../ui/more-icons.tsx";
import { Empty } from "../ui/notice.tsx";
import styles from "../ui/page.module.css";
import { NotYet } from "../ui/query-state.tsx";
import { RawJson } from "../ui/raw-json.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { Deliveries } from "./deliveries.tsx";
import { EventFacts } from "./event-facts.tsx";
import { EventHeading } from "./event-heading.tsx";
import { NotDelivered } from "./not-delivered.tsx";
import { Payload } from "./payload.tsx";

const OPEN_EVERY_MS = 2_000;
const DONE_EVERY_MS = 15_000;

/** Everything about one event: which endpoints got it, which did not and why, what it carries. */
export function EventPage({ eventId }: { readonly eventId: string }) {
  const query = useQuery({
    queryKey: ["event", eventId],
    queryFn: ({ signal }) => fetchEvent(eventId, false, signal),
    refetchInterval: ({ state }) => (state.data && isDone(state.data.event) ? DONE_EVERY_MS : OPEN_EVERY_MS),
  });
  const shown = query.data;
  const [, navigate] = useLocation();
  const cameFromList = useHistoryState<{ fromList?: boolean } | null>()?.fromList === true;
  const back = () => (cameFromList ? history.back() : navigate("/events"));
  const copyId = async () => {
    await navigator.clipboard.writeText(eventId);
    announce("Copied the event id");
  };
  useShortcuts({ u: back, c: copyId });

  return (
    <div className={styles.page}>
      <div>
        <Button kind="plain" small className={styles.back} onClick={back}>
          <BackIcon />
          Events
        </Button>
      </div>
      {isMissing(query.error) && !shown ? (
        <Empty title="There is no such event" action={<Button onClick={back}>Back to the events</Button>}>
          Its id may be mistyped, it may have expired, or it belongs to a sender that this key may not see.
        </Empty>
      ) : shown ? (
        <>
          <StaleNotice query={query} />
          <Contained what="The state of the event" renewedBy={shown}>
            <EventHeading event={shown.event} query={query} />
          </Contained>
          <div className={styles.columns}>
            <div className={styles.main}>
              <Contained what="The deliveries" renewedBy={shown}>
                <Deliveries event={shown.event} />
              </Contained>
              <Contained what="Who did not get it" renewedBy={shown}>
                <NotDelivered event={shown.event} />
              </Contained>
              <Contained what="The raw event" renewedBy={shown}>
                <RawJson text={shown.rawText} />
              </Contained>
            </div>
            <div className={styles.side}>
              <Contained what="The details" renewedBy={shown}>
                <EventFacts event={shown.event} />
              </Contained>
              <Contained what="What it carries" renewedBy={shown}>
                <Payload shown={shown} />
              </Contained>
            </div>
          </div>
        </>
      ) : (
        <NotYet query={query} what="the event" skeleton={<Skeleton label="Loading the event" />} />
      )}
    </div>
  );
}

/** Nothing more will happen to it by itself. */
function isDone({ status, counts }: Event): boolean {
  const { PENDING = 0, QUEUED = 0, PROCESSING = 0 } = counts;
  return status !== "PENDING" && PENDING + QUEUED + PROCESSING === 0;
}
