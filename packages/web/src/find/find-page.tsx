import { useQuery } from "@tanstack/react-query";
import { Link, Redirect, useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { fetchMessage, fetchPage } from "../api/api.ts";
import { filterSearch } from "../messages/filter.ts";
import { MessageRow } from "../messages/message-row.tsx";
import { WhichSender } from "../messages/which-sender.tsx";
import { Empty } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Found, find, onlyMeaning } from "./find.ts";
import styles from "./find-page.module.css";

/** What a text in the lookup may mean; where it can only mean one thing, that thing itself. */
export function FindPage() {
  const text = new URLSearchParams(useSearch()).get("q") ?? "";
  const { senderId } = useAccess();
  const query = useQuery({
    queryKey: ["find", text],
    queryFn: ({ signal }) => {
      const fetchItem = async (id: string, within: AbortSignal) => (await fetchMessage(id, within)).message;
      return find({ fetchPage, fetchItem, senderId }, text, signal);
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
  if ("item" in only) return `/messages/${only.item.messageId}`;
  return `/messages${filterSearch({ tab: "all", ...only })}`;
}

function Results({ found, text }: { readonly found: Found; readonly text: string }) {
  const { messages, senders, targets, lookedThrough } = found;
  const [, navigate] = useLocation();
  const { senderId } = useAccess();
  const links = [
    ...senders.map((sender) => ({ what: "Messages of", name: sender, filter: { sender } })),
    ...targets.map((target) => ({ what: "Messages to", name: target, filter: { target } })),
  ];
  return (
    <>
      {links.length > 0 && (
        <ul className={styles.links}>
          {links.map(({ what, name, filter }) => (
            <li key={what + name}>
              <Link
                href={`/messages${filterSearch({ tab: "all", ...filter })}`}
                className={styles.link ?? ""}
              >
                {what} <strong>{name}</strong>
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
      {messages.length + links.length === 0 && (
        <>
          <Empty title="Nothing found">
            No message has this id, nor this idempotency key with a sender that is known. Correlation ids,
            parts of ids, senders and targets were looked for among the latest{" "}
            {lookedThrough.toLocaleString()} messages.
          </Empty>
          {senderId === "*" && (
            <WhichSender
              onAnswer={(sender) => navigate(`/messages${filterSearch({ tab: "all", sender, key: text })}`)}
            />
          )}
        </>
      )}
    </>
  );
}
