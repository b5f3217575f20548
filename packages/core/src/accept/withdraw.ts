import * as Lifecycle from "../message/lifecycle.ts";
import { type AcceptDependencies, logFailure, type Stored } from "./stored.ts";

/** A message that nobody can complete is cancelled rather than left. Answers whether it was. */
export async function withdraw(
  deps: AcceptDependencies,
  { message, request }: Pick<Stored, "message" | "request">,
): Promise<boolean> {
  const transition = Lifecycle.cancel(
    { now: deps.clock.now(), correlationId: request.correlationId, token: deps.newToken() },
    deps.settings.retentionMs,
  );
  return deps.store.apply(message.messageId, transition).then(
    (result) => result.applied,
    (error: unknown) => {
      logFailure(deps, request, message, "withdraw_failed", error);
      return false;
    },
  );
}
