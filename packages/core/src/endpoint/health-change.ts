/** What becomes of an endpoint by the attempts at it, each as one conditional write. Pure. */
import type { Message } from "../message/message.ts";
import {
  announceDisabled,
  announceFailed,
  announceFailing,
  announceRecovered,
  isAnnounced,
} from "./announce.ts";
import type { Announcement } from "./announcement.ts";
import type { Endpoint, LastFailure } from "./endpoint.ts";
import {
  type ChangeOccasion,
  change,
  type EndpointChange,
  HEALTH,
  liftedGate,
  setState,
  unnoticed,
} from "./endpoint-change.ts";
import { deservesGate } from "./gate.ts";
import { newGate } from "./gate-change.ts";
import type { HealthPolicy } from "./health-policy.ts";

/**
 * Attempts have failed, so many more than was told before, the first of them `since`. With `setsGate` the same write sets
 * the gate once they are too many: under what was read, so that a success that was told meanwhile prevents it.
 */
export function failing(
  endpoint: Endpoint,
  told: { readonly since: number; readonly count: number; readonly failure: LastFailure },
  occasion: ChangeOccasion,
  { announcedAfterMs, gate: gatePolicy }: Pick<HealthPolicy, "announcedAfterMs" | "gate">,
  setsGate = false,
): EndpointChange {
  const { failingSince = told.since, failures = 0, failingAnnounced, state } = endpoint;
  const health = { failingSince, failures: failures + told.count, lastFailure: told.failure };
  const isToAnnounce =
    !failingAnnounced && state === "ACTIVE" && occasion.now - failingSince >= announcedAfterMs;
  const announced = isToAnnounce
    ? {
        failingAnnounced: true as const,
        ...announcing(endpoint, announceFailing({ ...endpoint, ...health }, occasion.now)),
      }
    : {};
  const isGated = setsGate && deservesGate({ ...endpoint, ...health }, occasion.now, gatePolicy);
  const changed = unnoticed(
    endpoint,
    isGated
      ? change(
          endpoint,
          occasion,
          { ...health, ...announced, gate: newGate(occasion.now, gatePolicy) },
          endpoint.draining ? ["draining"] : [],
        )
      : change(endpoint, occasion, { ...health, ...announced }),
  );
  return endpoint.failingSince === undefined || isGated ? changed : { ...changed, quiet: true };
}

/**
 * Undefined if nobody has told that it fails. Whoever was told so is told of this. What it holds because it fails is
 * released from this very write on.
 */
export function recovered(endpoint: Endpoint, occasion: ChangeOccasion): EndpointChange | undefined {
  if (endpoint.failingSince === undefined) return undefined;
  const announced = endpoint.failingAnnounced
    ? announcing(endpoint, announceRecovered(endpoint, occasion.now))
    : {};
  const lifted = liftedGate(endpoint, occasion);
  const set = { ...announced, ...lifted.set };
  return unnoticed(endpoint, change(endpoint, occasion, set, [...HEALTH, ...lifted.remove]));
}

/** Undefined if it is disabled already. */
export function disabledByItself(
  endpoint: Endpoint,
  reason: "FAILING" | "GONE",
  occasion: ChangeOccasion,
): EndpointChange | undefined {
  const announced = announcing(endpoint, announceDisabled(endpoint, reason, occasion.now));
  return setState(endpoint, "DISABLED", reason, occasion, announced);
}

/** Undefined if that was announced a short while ago, or is still to be. */
export function messageFailed(
  endpoint: Endpoint,
  message: Message,
  occasion: ChangeOccasion,
  { failedAnnouncedEveryMs }: Pick<HealthPolicy, "failedAnnouncedEveryMs">,
): EndpointChange | undefined {
  const { messageFailedAt, announce = [] } = endpoint;
  const isRecent = messageFailedAt !== undefined && occasion.now - messageFailedAt < failedAnnouncedEveryMs;
  const isTold = isRecent || endpoint.state === "DELETED" || !isAnnounced(endpoint);
  if (isTold || announce.some(({ type }) => type === "message.failed")) return undefined;
  const announced = announcing(endpoint, announceFailed(endpoint, message, occasion.now));
  const changed = change(endpoint, occasion, { messageFailedAt: occasion.now, ...announced });
  return { ...unnoticed(endpoint, changed), quiet: true };
}

/** These were sent. Undefined if none of them is waiting. */
export function announced(
  endpoint: Endpoint,
  sent: readonly Announcement[],
  occasion: ChangeOccasion,
): EndpointChange | undefined {
  const { announce = [] } = endpoint;
  const left = announce.filter(({ type, at }) => !sent.some((one) => one.type === type && one.at === at));
  if (left.length === announce.length) return undefined;
  const changed =
    left.length > 0
      ? change(endpoint, occasion, { announce: left })
      : change(endpoint, occasion, {}, ["announce"]);
  return { ...unnoticed(endpoint, changed), quiet: true };
}

function announcing(
  endpoint: Endpoint,
  announcement: Announcement,
): { readonly announce?: readonly Announcement[] } {
  return isAnnounced(endpoint) ? { announce: [...(endpoint.announce ?? []), announcement] } : {};
}
