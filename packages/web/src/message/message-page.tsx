import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { isMissing } from "../api/api-error.ts";
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
import { Facts } from "./facts.tsx";
import { Heading } from "./heading.tsx";
import { messageQuery } from "./message-query.ts";
import { Request } from "./request.tsx";
import { Story } from "./story.tsx";

/** Everything about one message: where it stands, how it got there, what was sent. */
export function MessagePage({ messageId }: { readonly messageId: string }) {
  const query = useQuery(messageQuery(messageId));
  const [, navigate] = useLocation();
  const cameFromList = useHistoryState<{ fromList?: boolean } | null>()?.fromList === true;
  const back = () => (cameFromList ? history.back() : navigate("/messages"));
  const copyId = async () => {
    await navigator.clipboard.writeText(messageId);
    announce("Copied the message id");
  };
  useShortcuts({ u: back, c: copyId });

  return (
    <div className={styles.page}>
      <div>
        <Button kind="plain" small className={styles.back} onClick={back}>
          <BackIcon />
          Messages
        </Button>
      </div>
      {isMissing(query.error) && !query.data ? (
        <Empty title="There is no such message" action={<Button onClick={back}>Back to the messages</Button>}>
          Its id may be mistyped, it may have expired, or it belongs to a sender that this key may not see.
        </Empty>
      ) : query.data ? (
        <>
          <StaleNotice query={query} />
          <Contained what="The state of the message" renewedBy={query.data}>
            <Heading message={query.data.message} query={query} />
          </Contained>
          <div className={styles.columns}>
            <div className={styles.main}>
              <Contained what="What happened" renewedBy={query.data}>
                <Story message={query.data.message} />
              </Contained>
              <Contained what="The raw message" renewedBy={query.data}>
                <RawJson text={query.data.rawText} />
              </Contained>
            </div>
            <div className={styles.side}>
              <Contained what="The details" renewedBy={query.data}>
                <Facts message={query.data.message} />
              </Contained>
              <Contained what="The request" renewedBy={query.data}>
                <Request shown={query.data} />
              </Contained>
            </div>
          </div>
        </>
      ) : (
        <NotYet query={query} what="the message" skeleton={<Skeleton label="Loading the message" />} />
      )}
    </div>
  );
}
