import { useQuery } from "@tanstack/react-query";
import { Link, Redirect, useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { fetchEvents, fetchPage } from "../api/api.ts";
import { fetchEndpoint } from "../api/endpoints.ts";
import { fetchEvent } from "../api/events.ts";
import { fetchMessage } from "../api/messages.ts";
import { eventSearch } from "../events/filter.ts";
import { filterSearch } from "../messages/filter.ts";
import { MessageRow } from "../messages/message-row.tsx";
import { WhichSender } from "../messages/which-sender.tsx";
import { Empty } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Found, find, onlyMeaning } from "./find.ts";
import type { Having } from "./find-by-metadata.ts";
import styles from "./find-page.module.css";
import { IdSearch } from "./id-search.tsx";

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
      const deps = { fetchPage, fetchItem, fetchEvents, fetchEvent: fetchEventItem, fetchEndpoint, senderId };
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
  if ("metadata" in only) return withMetadata(only.metadata, only.ofEvents);
  return `/messages${filterSearch({ tab: "all", ...only })}`;
}

const CORRELATION_ID = /^[\w.:-]{1,128}$/;
const TOO_SHORT = /^(?:msg_)?[0-9a-hjkmnp-tv-z]{1,3}$/i;

/** Where nothing was found. */
function ofParts({ byPart }: Found, text: string): string {
  if (byPart === undefined)
    return TOO_SHORT.test(text) ? "Part of an id is looked for from four characters on." : "";
  return byPart.searched === "all"
    ? "No message has it in its id; parts of the ids of events and endpoints are not looked for."
    : "Parts of the ids of events and endpoints are not looked for.";
}

function withMetadata(metadata: string, ofEvents: boolean): string {
  return ofEvents
    ? `/events${eventSearch({ isUnmatched: false, metadata })}`
    : `/messages${filterSearch({ tab: "all", metadata })}`;
}

function Results({ found, text }: { readonly found: Found; readonly text: string }) {
  const { endpoints, events, messages, senders, targets, metadata, byPart, lookedThrough } = found;
  const [, navigate] = useLocation();
  const { senderId } = useAccess();
  const to = (filter: object) => `/messages${filterSearch({ tab: "all", ...filter })}`;
  const having = (what: Having) =>
    (["messages", "events"] as const).flatMap((kind) =>
      metadata?.[kind] === what
        ? [{ kind, pair: metadata.pair, href: withMetadata(metadata.pair, kind === "events") }]
        : [],
    );
  const links = [
    ...having("some").map(({ kind, pair, href }) => ({
      what: kind === "events" ? "Events with metadata" : "Messages with metadata",
      name: pair,
      href,
    })),
    ...senders.map((sender) => ({ what: "Messages of", name: sender, href: to({ sender }) })),
    ...targets.map((target) => ({ what: "Messages to", name: target, href: to({ target }) })),
    ...endpoints.map(({ endpointId, url }) => ({
      what: "Endpoint",
      name: url,
      href: `/endpoints/${endpointId}`,
    })),
    ...events.map(({ event: { eventId, eventType }, by }) => ({
      what: `By ${by}, event`,
      name: eventType,
      href: `/events/${eventId}`,
    })),
  ];
  const older = having("none yet");
  const mayBeCorrelation = found.areOlder && CORRELATION_ID.test(text);
  const isAllLookedAt = older.length === 0 && !mayBeCorrelation && byPart?.further === undefined;
  return (
    <>
      {links.length > 0 && (
        <ul className={styles.links}>
          {links.map(({ what, name, href }) => (
            <li key={href}>
              <Link href={href} className={styles.link ?? ""}>
                {what} <strong>{name}</strong>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {(older.length > 0 || mayBeCorrelation) && (
        <ul className={styles.links}>
          {mayBeCorrelation && (
            <li>
              <Link href={to({ correlation: text })} className={styles.link ?? ""}>
                Look for correlation id <strong>{text}</strong> among older messages
              </Link>
            </li>
          )}
          {older.map(({ kind, pair, href }) => (
            <li key={href}>
              <Link href={href} className={styles.link ?? ""}>
                Look for metadata <strong>{pair}</strong> among older {kind}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {messages.length > 0 && (
        <ol className={styles.messages} aria-label="Messages found">
          {messages.map(({ item, by }) => (
            <li key={item.messageId}>
              <div className={styles.by}>By {by}</div>
              <div className={styles.message}>
                <MessageRow row={{ item, hasMovedOn: false }} />
              </div>
            </li>
          ))}
        </ol>
      )}
      {byPart && <IdSearch {...byPart} />}
      {messages.length + links.length === 0 && (
        <>
          <Empty title={isAllLookedAt ? "Nothing found" : "Nothing found so far"}>
            No message, event or endpoint has this id, nor a message or event this idempotency key with a
            sender that is known. Correlation ids, senders and targets were looked for among the latest{" "}
            {lookedThrough.toLocaleString()} messages. {ofParts(found, text)}
            {metadata &&
              ` Nothing ${older.length === 0 ? "" : "among the newest "}has the metadata ${metadata.pair}.`}
          </Empty>
          {senderId === "*" && (
            <WhichSender
              what="idempotency key"
              onAnswer={(sender) => navigate(`/messages${filterSearch({ tab: "all", sender, key: text })}`)}
            />
          )}
        </>
      )}
    </>
  );
}
