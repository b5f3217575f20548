import { Link } from "wouter";
import type { Endpoint } from "../api/types.ts";
import { splitTarget } from "../messages/split-target.ts";
import { classes } from "../ui/classes.ts";
import { describeEndpoint, describeTypes } from "../ui/describe-endpoint.ts";
import { EndpointMark } from "../ui/endpoint-mark.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./endpoint-row.module.css";

/** One endpoint: its state, where to and what for, which events, whose. */
export function EndpointRow({ endpoint }: { readonly endpoint: Endpoint }) {
  const line = describeEndpoint(endpoint);
  const { host, path } = splitTarget(endpoint.url);
  return (
    <Link
      href={`/endpoints/${endpoint.endpointId}`}
      state={{ fromList: true }}
      className={styles.row ?? ""}
      data-row
    >
      <span className={styles.mark}>
        <EndpointMark of={line} />
      </span>
      <span className={styles.target}>
        <bdi className={styles.host}>{host}</bdi>
        <bdi className={styles.path}>{path}</bdi>
        {endpoint.description && <bdi className={styles.description}>{endpoint.description}</bdi>}
      </span>
      <bdi className={styles.types} title={endpoint.eventTypes?.join(", ")}>
        {describeTypes(endpoint)}
      </bdi>
      <span className={classes(styles.state, styles[line.tone])}>
        {line.name}
        {endpoint.state !== "ACTIVE" && (
          <>
            {" "}
            <Time at={line.since} />
          </>
        )}
      </span>
      <bdi className={styles.sender}>{endpoint.senderId}</bdi>
    </Link>
  );
}
