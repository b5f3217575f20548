import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { fetchPage } from "../api/api.ts";
import type { Endpoint, MessageItem } from "../api/types.ts";
import { filterSearch } from "../messages/filter.ts";
import { Button } from "../ui/button.tsx";
import { classes } from "../ui/classes.ts";
import { DeliveryList } from "../ui/delivery-list.tsx";
import panel from "../ui/facts.module.css";
import { FactLink } from "../ui/facts.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { RetryIcon } from "../ui/more-icons.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import tabs from "../ui/tabs.module.css";
import { Time } from "../ui/time.tsx";
import styles from "./endpoint.module.css";
import { useMayManage } from "./use-may-manage.ts";

const Bulk = lazyPart("The bulk retry", () => import("../retry/bulk.tsx").then((m) => m.Bulk));

const EVERY_MS = 3_000;
const SHOWN = 10;

type Kind = "all" | "failed";

/** Its newest deliveries, and those that failed, by the type of their events. */
export function EndpointDeliveries({ endpoint }: { readonly endpoint: Endpoint }) {
  const id = useId();
  const { endpointId } = endpoint;
  const [kind, setKind] = useState<Kind>("all");
  // Not part of the rows: once all are retried there are none left.
  const [isRetrying, setIsRetrying] = useState(false);
  const query = useQuery({
    queryKey: ["endpoint", endpointId, "deliveries", kind],
    queryFn: ({ signal }) =>
      fetchPage(
        {
          endpointId,
          limit: String(SHOWN),
          ...(kind === "failed" ? { status: "FAILED", resolved: "false" } : {}),
        },
        signal,
      ),
    refetchInterval: EVERY_MS,
  });
  return (
    <section aria-labelledby={id} className={panel.panel}>
      <div className={classes(panel.title, styles.head)}>
        <h2 id={id}>Deliveries</h2>
        <div className={styles.choice}>
          {(["all", "failed"] as const).map((one) => (
            <button
              key={one}
              type="button"
              className={classes(tabs.tab, styles.tab)}
              aria-pressed={one === kind}
              onClick={() => setKind(one)}
            >
              {one === "all" ? "Newest" : "Failed"}
            </button>
          ))}
        </div>
      </div>
      {query.data ? (
        <Rows
          key={kind}
          endpoint={endpoint}
          kind={kind}
          items={query.data.items}
          onRetry={() => setIsRetrying(true)}
        />
      ) : (
        <NotYet query={query} what="the deliveries" skeleton={<Skeleton label="Loading the deliveries" />} />
      )}
      {isRetrying && (
        <Bulk
          kind="retry"
          filter={{ tab: "failed", endpoint: endpointId }}
          onClose={() => setIsRetrying(false)}
        />
      )}
    </section>
  );
}

interface RowsProps {
  readonly endpoint: Endpoint;
  readonly kind: Kind;
  readonly items: readonly MessageItem[];
  readonly onRetry: () => void;
}

function Rows({ endpoint, kind, items, onRetry }: RowsProps) {
  const mayManage = useMayManage(endpoint.senderId);
  return (
    <>
      <DeliveryList
        name={`${kind} deliveries of ${endpoint.endpointId}`}
        items={items}
        nameOf={({ eventType, method }) => <bdi>{eventType ?? method}</bdi>}
        asideOf={({ createdAt }) => (
          <span className={styles.time}>
            <Time at={createdAt} />
          </span>
        )}
        none={<p className={styles.none}>{kind === "all" ? "None yet." : "None has failed."}</p>}
      />
      {items.length > 0 && (
        <div className={classes(styles.none, styles.head)}>
          <FactLink href={`/messages${filterSearch({ tab: kind, endpoint: endpoint.endpointId })}`}>
            {kind === "all" ? "All its messages" : "All that failed"}
          </FactLink>
          {kind === "failed" && mayManage && (
            <Button small onClick={onRetry}>
              <RetryIcon />
              Retry failed…
            </Button>
          )}
        </div>
      )}
    </>
  );
}
