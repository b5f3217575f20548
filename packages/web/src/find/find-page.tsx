import { useQuery } from "@tanstack/react-query";
import { Redirect, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { fetchEndpoints, fetchEvents, fetchPage } from "../api/api.ts";
import { fetchEndpoint } from "../api/endpoints.ts";
import { fetchEvent } from "../api/events.ts";
import { fetchMessage } from "../api/messages.ts";
import { filterSearch } from "../messages/filter.ts";
import { NotYet } from "../ui/query-state.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { find, onlyMeaning } from "./find.ts";
import styles from "./find-page.module.css";
import { addressOfMetadata, Results } from "./results.tsx";

/** What a text in the lookup may mean; where it can only mean one thing, that thing itself. */
export function FindPage() {
  const text = new URLSearchParams(useSearch()).get("q") ?? "";
  const { senderId } = useAccess();
  const query = useQuery({
    queryKey: ["find", text],
    queryFn: ({ signal }) => {
      const fetchItem = async (id: string, within: AbortSignal) => (await fetchMessage(id, within)).message;
      const fetchEventItem = async (id: string, within: AbortSignal) =>
        (await fetchEvent(id, false, within)).event;
      const deps = {
        ...{ fetchPage, fetchItem, fetchEvents, fetchEvent: fetchEventItem },
        ...{ fetchEndpoints, fetchEndpoint, senderId },
      };
      return find(deps, text, signal);
    },
  });
  const found = query.data;
  const only = found && onlyMeaning(found, text);
  if (only) return <Redirect to={addressOf(only)} replace />;
  return (
    <div className={styles.page}>
      <h1>
        Found for <SafeText>{text}</SafeText>
      </h1>
      {found ? (
        <Results found={found} text={text} />
      ) : (
        <NotYet query={query} what="what there is" skeleton={<Skeleton label="Looking" />} />
      )}
    </div>
  );
}

function addressOf(only: NonNullable<ReturnType<typeof onlyMeaning>>): string {
  if ("endpointId" in only) return `/endpoints/${only.endpointId}`;
  if ("event" in only) return `/events/${only.event.eventId}`;
  if ("item" in only) return `/messages/${only.item.messageId}`;
  if ("metadata" in only) return addressOfMetadata(only.metadata, only.ofEvents);
  return `/messages${filterSearch({ tab: "all", ...only })}`;
}
