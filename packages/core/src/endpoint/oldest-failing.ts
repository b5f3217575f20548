/** For how long the endpoint has failed that has failed longest: what an alarm looks at. */
import type { Clock } from "../clock.ts";
import { SECOND } from "../duration.ts";
import type { EndpointStore } from "./endpoint-store.ts";
import { HEALTH_POLICY } from "./health-policy.ts";

/** Of more endpoints that fail at once some are not looked at: an alarm rings all the same. */
const MOST_LOOKED_AT = 500;

/**
 * In seconds; 0 if none fails. One that nothing was sent to for a day does not count: nobody knows how it is, and nobody
 * could end such an alarm.
 *
 * @throws StorageError
 */
export async function oldestFailingSeconds({
  endpoints,
  clock,
}: {
  readonly endpoints: Pick<EndpointStore, "failing">;
  readonly clock: Pick<Clock, "now">;
}): Promise<number> {
  const failing = await endpoints.failing(MOST_LOOKED_AT);
  const now = clock.now();
  const lasting = failing
    .filter(({ lastFailure }) => now - (lastFailure?.at ?? 0) < HEALTH_POLICY.newestFailureMs)
    .map(({ failingSince = now }) => now - failingSince);
  return Math.floor(Math.max(0, ...lasting) / SECOND);
}
