import type { UseQueryResult } from "@tanstack/react-query";
import type { Endpoint } from "../api/types.ts";
import { splitTarget } from "../messages/split-target.ts";
import { Clamped } from "../ui/clamped.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { describeEndpoint, spellHeld } from "../ui/describe-endpoint.ts";
import { EndpointBadge } from "../ui/endpoint-mark.tsx";
import { LiveMark } from "../ui/freshness.tsx";
import styles from "../ui/heading.module.css";
import { SafeText } from "../ui/safe-text.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import { EndpointActions } from "./endpoint-actions.tsx";
import { useEndpointStats } from "./use-endpoint-stats.ts";

/** Which endpoint, where it stands, what can be done. */
export function EndpointHeading(props: { readonly endpoint: Endpoint; readonly query: UseQueryResult }) {
  const { endpoint, query } = props;
  const line = describeEndpoint(endpoint, useEndpointStats(endpoint.endpointId)?.lastAttempt);
  const { held } = endpoint;
  const { host, path } = splitTarget(endpoint.url);
  return (
    <header className={styles.heading}>
      <div className={styles.top}>
        <div className={styles.what}>
          <h1 className={styles.target}>
            <SafeText>{host}</SafeText>
            <span className={styles.path}>
              <Clamped>{path}</Clamped>
            </span>
          </h1>
          <div className={styles.id}>
            <code>{endpoint.endpointId}</code>
            <CopyButton text={endpoint.endpointId} what="endpoint id" />
          </div>
        </div>
        <EndpointActions endpoint={endpoint} />
      </div>
      <div className={styles.state}>
        <EndpointBadge of={line} />
        <span className={styles.line}>{line.text}</span>
        <span className={styles.age}>
          <Time at={line.since} />
        </span>
        {held && held.count > 0 && (
          <span className={styles.line}>
            <strong>{spellHeld(held)}</strong>{" "}
            {endpoint.state === "ACTIVE" && !endpoint.gate ? "still to be released" : "held"}
            {held.oldest && (
              <>
                , the oldest from <Time at={held.oldest} />
              </>
            )}
          </span>
        )}
        {endpoint.gate && (
          <span className={styles.line}>
            Next probe in <Countdown to={endpoint.gate.nextProbeAt} after="a moment" />
          </span>
        )}
        <span className={styles.live}>
          <LiveMark query={query} />
        </span>
      </div>
    </header>
  );
}
