import { type QueryClient, type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { describeError } from "../api/api-error.ts";
import { Button } from "./button.tsx";
import { Empty } from "./notice.tsx";

/** In place of contents that have not arrived: still asking, asking again after a failure, or given up. */
export function NotYet(props: {
  readonly query: Pick<UseQueryResult, "isError" | "error" | "failureCount" | "failureReason" | "refetch">;
  readonly what: string;
  readonly skeleton: React.ReactNode;
}) {
  const { query, what, skeleton } = props;
  const client = useQueryClient();
  if (query.isError) {
    return (
      <Empty
        title={`Could not load ${what}`}
        action={<Button onClick={() => query.refetch()}>Try again</Button>}
      >
        {describeError(query.error)}
      </Empty>
    );
  }
  if (query.failureCount > 0) {
    return (
      <Empty
        title={`Could not load ${what} yet`}
        action={<Button onClick={() => askAgain(client)}>Try now</Button>}
      >
        {describeError(query.failureReason)} Trying again by itself.
      </Empty>
    );
  }
  return skeleton;
}

/** At once, instead of after the pause that follows a failure. */
async function askAgain(client: QueryClient): Promise<void> {
  await client.cancelQueries({ type: "active" });
  await client.refetchQueries({ type: "active" });
}
