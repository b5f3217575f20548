import { type ReactNode, useId } from "react";
import { Link, useLocation } from "wouter";
import { useAccess } from "../access/access.ts";
import { fetchEndpoints, fetchEvents, fetchPage } from "../api/api.ts";
import type { Endpoint, EventItem, MessageItem } from "../api/types.ts";
import { EndpointRow } from "../endpoints/endpoint-row.tsx";
import { EventRow } from "../events/event-row.tsx";
import { eventSearch } from "../events/filter.ts";
import { filterSearch } from "../messages/filter.ts";
import { MessageRow } from "../messages/message-row.tsx";
import { WhichSender } from "../messages/which-sender.tsx";
import { Empty } from "../ui/notice.tsx";
import type { Found, FoundEvent, FoundMessage } from "./find.ts";
import styles from "./find-page.module.css";
import { IdSearch } from "./id-search.tsx";
import { MatchedText } from "./matched-text.tsx";

const CORRELATION_ID = /^[\w.:-]{1,128}$/;
const TOO_SHORT = /^(?:(?:msg|evt|ep)_)?[0-9a-hjkmnp-tv-z]{1,3}$/i;

export function addressOfMetadata(metadata: string, ofEvents: boolean): string {
  return ofEvents
    ? `/events${eventSearch({ isUnmatched: false, metadata })}`
    : `/messages${filterSearch({ tab: "all", metadata })}`;
}

/** One heading for each kind of thing; under it the lists that the text may name, and what has it. */
export function Results({ found, text }: { readonly found: Found; readonly text: string }) {
  const { endpoints, events, messages, senders, targets, metadata, byPart } = found;
  const to = (filter: object) => `/messages${filterSearch({ tab: "all", ...filter })}`;
  const withMetadata = (kind: "messages" | "events"): readonly ListLink[] => {
    if (metadata === undefined || metadata[kind] === "none") return [];
    const before = metadata[kind] === "some" ? "With metadata" : `Look among older ${kind} for metadata`;
    return [{ before, name: metadata.pair, href: addressOfMetadata(metadata.pair, kind === "events") }];
  };
  const mayBeCorrelation = found.areOlder && CORRELATION_ID.test(text);
  const ofMessages: readonly ListLink[] = [
    ...withMetadata("messages"),
    ...senders.map((sender) => ({ before: "Of", name: sender, href: to({ sender }) })),
    ...targets.map((target) => ({ before: "To", name: target, href: to({ target }) })),
    ...(mayBeCorrelation
      ? [
          {
            before: "Look among older messages for correlation id",
            name: text,
            href: to({ correlation: text }),
          },
        ]
      : []),
  ];
  const ofEvents = withMetadata("events");
  const isNothing =
    messages.length + events.length + endpoints.length + senders.length + targets.length === 0 &&
    metadata?.messages !== "some" &&
    metadata?.events !== "some";
  return (
    <>
      {isNothing && <Nothing found={found} text={text} />}
      <Kind
        name="Messages"
        links={ofMessages}
        rows={messages.map(({ item, by }) => ({
          key: item.messageId,
          row: <MessageFound item={item} by={by} text={text} />,
        }))}
        more={
          byPart.messages && (
            <IdSearch<MessageItem>
              {...byPart.messages}
              kind="messages"
              fetchPage={fetchPage}
              keyOf={({ messageId }) => messageId}
              rowOf={(item) => <MessageFound item={item} by="part of the message id" text={text} />}
            />
          )
        }
        hasMore={byPart.messages?.further !== undefined}
      />
      <Kind
        name="Events"
        links={ofEvents}
        rows={events.map(({ event, by }) => ({
          key: event.eventId,
          row: <EventFound event={event} by={by} text={text} />,
        }))}
        more={
          byPart.events && (
            <IdSearch<EventItem>
              {...byPart.events}
              kind="events"
              fetchPage={fetchEvents}
              keyOf={({ eventId }) => eventId}
              rowOf={(event) => <EventFound event={event} by="part of the event id" text={text} />}
            />
          )
        }
        hasMore={byPart.events?.further !== undefined}
      />
      <Kind
        name="Endpoints"
        links={[]}
        rows={endpoints.map((endpoint) => ({
          key: endpoint.endpointId,
          row: <EndpointFound endpoint={endpoint} text={text} />,
        }))}
        more={
          byPart.endpoints && (
            <IdSearch<Endpoint>
              {...byPart.endpoints}
              kind="endpoints"
              fetchPage={fetchEndpoints}
              keyOf={({ endpointId }) => endpointId}
              rowOf={(endpoint) => <EndpointFound endpoint={endpoint} text={text} />}
            />
          )
        }
        hasMore={byPart.endpoints?.further !== undefined}
      />
    </>
  );
}

interface ListLink {
  readonly before: string;
  readonly name: string;
  readonly href: string;
}

interface KindProps {
  readonly name: "Messages" | "Events" | "Endpoints";
  readonly links: readonly ListLink[];
  readonly rows: readonly { readonly key: string; readonly row: ReactNode }[];
  readonly more: ReactNode;
  readonly hasMore: boolean;
}

function Kind({ name, links, rows, more, hasMore }: KindProps) {
  const id = useId();
  if (links.length + rows.length === 0 && !hasMore) return null;
  return (
    <section className={styles.kind} aria-labelledby={id}>
      <h2 id={id}>{name}</h2>
      {links.length > 0 && (
        <ul className={styles.links}>
          {links.map(({ before, name: of, href }) => (
            <li key={href}>
              <Link href={href} className={styles.link ?? ""}>
                {before}{" "}
                <bdi>
                  <strong>{of}</strong>
                </bdi>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {rows.length > 0 && (
        <ol className={styles.rows} aria-label={`${name} found`}>
          {rows.map(({ key, row }) => (
            <li key={key}>{row}</li>
          ))}
        </ol>
      )}
      {more}
    </section>
  );
}

function MessageFound({ item, by, text }: FoundMessage & { readonly text: string }) {
  const { messageId, idempotencyKey = text, correlationId } = item;
  return (
    <>
      <div className={styles.message}>
        <MessageRow row={{ item, hasMovedOn: false }} />
      </div>
      {by === "idempotency key" ? (
        <MatchedText name="Idempotency key" text={idempotencyKey} part={text} />
      ) : by.endsWith("correlation id") ? (
        <MatchedText name="Correlation id" text={correlationId} part={text} />
      ) : (
        <MatchedText name="Message id" text={messageId} part={text} />
      )}
    </>
  );
}

function EventFound({ event, by, text }: FoundEvent & { readonly text: string }) {
  const { eventId, idempotencyKey = text } = event;
  return (
    <>
      <EventRow event={event} />
      {by === "idempotency key" ? (
        <MatchedText name="Idempotency key" text={idempotencyKey} part={text} />
      ) : (
        <MatchedText name="Event id" text={eventId} part={text} />
      )}
    </>
  );
}

function EndpointFound({ endpoint, text }: { readonly endpoint: Endpoint; readonly text: string }) {
  return (
    <>
      <EndpointRow endpoint={endpoint} />
      <MatchedText name="Endpoint id" text={endpoint.endpointId} part={text} />
    </>
  );
}

function Nothing({ found, text }: { readonly found: Found; readonly text: string }) {
  const [, navigate] = useLocation();
  const { senderId } = useAccess();
  const { metadata, byPart, lookedThrough } = found;
  const isOlder = metadata?.messages === "none yet" || metadata?.events === "none yet";
  const mayBeOlder =
    isOlder ||
    (found.areOlder && CORRELATION_ID.test(text)) ||
    Object.values(byPart).some((one) => one?.further !== undefined);
  return (
    <>
      <Empty title={mayBeOlder ? "Nothing found so far" : "Nothing found"}>
        No message, event or endpoint has this id, nor a message or event this idempotency key with a sender
        that is known. Correlation ids, senders and targets were looked for among the latest{" "}
        {lookedThrough.toLocaleString()} messages. {ofParts(found, text)}
        {metadata && ` Nothing ${isOlder ? "among the newest " : ""}has the metadata ${metadata.pair}.`}
      </Empty>
      {senderId === "*" && (
        <WhichSender
          what="idempotency key"
          onAnswer={(sender) => navigate(`/messages${filterSearch({ tab: "all", sender, key: text })}`)}
        />
      )}
    </>
  );
}

function ofParts({ byPart }: Found, text: string): string {
  if (TOO_SHORT.test(text)) return "Part of an id is looked for from four characters on.";
  const kinds = [
    byPart.messages?.searched === "all" && "message",
    byPart.events?.searched === "all" && "event",
    byPart.endpoints?.searched === "all" && "endpoint",
  ].filter((kind) => kind !== false);
  return kinds.length === 0 ? "" : `No ${kinds.join(", no ")} has it in its id.`;
}
