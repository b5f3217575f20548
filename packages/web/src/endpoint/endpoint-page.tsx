import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { isMissing } from "../api/api-error.ts";
import { fetchEndpoint } from "../api/endpoints.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Contained } from "../ui/contained.tsx";
import { StaleNotice } from "../ui/freshness.tsx";
import { BackIcon } from "../ui/more-icons.tsx";
import { Empty } from "../ui/notice.tsx";
import styles from "../ui/page.module.css";
import { NotYet } from "../ui/query-state.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { EndingActions } from "./ending-actions.tsx";
import { EndpointDeliveries } from "./endpoint-deliveries.tsx";
import { EndpointFacts } from "./endpoint-facts.tsx";
import { EndpointHeading } from "./endpoint-heading.tsx";
import { LastDay } from "./last-day.tsx";
import { SigningSecret } from "./signing-secret.tsx";
import { useMayManage } from "./use-may-manage.ts";

const EVERY_MS = 3_000;

/** Everything about one endpoint: where it stands, what it gets, what can be done with it. */
export function EndpointPage({ endpointId }: { readonly endpointId: string }) {
  const query = useQuery({
    queryKey: ["endpoint", endpointId],
    queryFn: ({ signal }) => fetchEndpoint(endpointId, signal),
    refetchInterval: EVERY_MS,
  });
  const endpoint = query.data;
  const [, navigate] = useLocation();
  const { fromList, isNew } = useHistoryState<{ fromList?: boolean; isNew?: boolean } | null>() ?? {};
  const mayManage = useMayManage(endpoint?.senderId);
  const back = () => (fromList ? history.back() : navigate("/endpoints"));
  const copyId = async () => {
    await navigator.clipboard.writeText(endpointId);
    announce("Copied the endpoint id");
  };
  useShortcuts({
    u: back,
    c: copyId,
    e: mayManage ? () => navigate(`/endpoints/${endpointId}/edit`) : undefined,
  });

  return (
    <div className={styles.page}>
      <div>
        <Button kind="plain" small className={styles.back} onClick={back}>
          <BackIcon />
          Endpoints
        </Button>
      </div>
      {isMissing(query.error) ? (
        <Empty
          title="There is no such endpoint"
          action={<Button onClick={back}>Back to the endpoints</Button>}
        >
          Its id may be mistyped, it may have been deleted, or it belongs to a sender that this key may not
          see.
        </Empty>
      ) : endpoint ? (
        <>
          <StaleNotice query={query} />
          <Contained what="The state of the endpoint" renewedBy={endpoint}>
            <EndpointHeading endpoint={endpoint} query={query} />
          </Contained>
          <Contained what="The last 24 hours" renewedBy={endpoint}>
            <LastDay endpointId={endpointId} />
          </Contained>
          <div className={styles.columns}>
            <div className={styles.main}>
              <Contained what="The deliveries" renewedBy={endpoint}>
                <EndpointDeliveries endpoint={endpoint} />
              </Contained>
            </div>
            <div className={styles.side}>
              <Contained what="The details" renewedBy={endpoint}>
                <EndpointFacts endpoint={endpoint} />
              </Contained>
              {mayManage && (
                <Contained what="The signing secret" renewedBy={endpoint}>
                  <SigningSecret endpoint={endpoint} startsShown={isNew === true} />
                </Contained>
              )}
              <EndingActions endpoint={endpoint} />
            </div>
          </div>
        </>
      ) : (
        <NotYet query={query} what="the endpoint" skeleton={<Skeleton label="Loading the endpoint" />} />
      )}
    </div>
  );
}
