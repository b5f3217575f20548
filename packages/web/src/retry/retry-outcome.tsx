import { useQuery } from "@tanstack/react-query";
import { countMany } from "../api/messages.ts";
import type { BulkRetryRequest } from "../api/types.ts";
import { countFailed } from "./count-failed.ts";

const EVERY_MS = 2_000;

/** What has come of a bulk retry so far: how many of those that were retried have failed again. */
export function RetryOutcome(props: { readonly scope: BulkRetryRequest; readonly skipped: number }) {
  const { scope, skipped } = props;
  const { data } = useQuery({
    queryKey: ["outcome", scope],
    queryFn: ({ signal }) => countFailed(countMany, scope, signal, () => undefined),
    refetchInterval: EVERY_MS,
  });
  if (data === undefined) return <p>Looking what comes of them…</p>;
  const failed = Math.max(0, data.count - skipped);
  return (
    <p role="status">
      {failed === 0
        ? "None of them has failed again so far."
        : `${failed.toLocaleString()} ${failed === 1 ? "has" : "have"} failed again so far.`}
    </p>
  );
}
