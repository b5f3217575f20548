/** What an endpoint's state means, in one line. */
import type { Endpoint, Stats } from "../api/types.ts";

/** FAILING: it is active, and nothing gets through. */
export type EndpointAppearance = Endpoint["state"] | "FAILING";
/** `idle`: somebody wanted it so. */
export type EndpointTone = "good" | "idle" | "warn" | "bad";

export interface EndpointLine {
  readonly appearance: EndpointAppearance;
  readonly name: string;
  readonly tone: EndpointTone;
  /** What it means for its events. */
  readonly text: string;
  readonly since: string;
}

const DISABLED_TEXTS: Record<Endpoint["stateReason"], string> = {
  REQUESTED: "Disabled by hand: it gets no events",
  FAILING: "Disabled because nothing was delivered for days",
  GONE: "Disabled because it answered 410: gone for good",
};

type Described = Pick<Endpoint, "state" | "stateReason" | "stateSince"> &
  Partial<Pick<Endpoint, "failingSince" | "lastFailure" | "gate">>;

/** `lastAttempt`: of its newest messages, where they have been read. */
export function describeEndpoint(endpoint: Described, lastAttempt?: Stats["lastAttempt"]): EndpointLine {
  const { state, stateReason, stateSince: since, failingSince } = endpoint;
  switch (state) {
    case "ACTIVE":
      if (failingSince !== undefined)
        return {
          appearance: "FAILING",
          name: "Failing",
          tone: "bad",
          text: `Nothing gets through${endpoint.gate ? ", and its deliveries are held" : ""}: ${describeFailure(endpoint, lastAttempt)}`,
          since: failingSince,
        };
      // One failure does not make it a failing one, but it is not all well either.
      if (lastAttempt?.outcome === "FAILED")
        return {
          appearance: state,
          name: "Active",
          tone: "warn",
          text: `The last attempt ${describeOutcome(lastAttempt)}`,
          since: lastAttempt.at,
        };
      return { appearance: state, name: "Active", tone: "good", text: "It gets its events", since };
    case "PAUSED":
      return {
        appearance: state,
        name: "Paused",
        tone: "warn",
        text: "Its deliveries are held until it is activated",
        since,
      };
    case "DISABLED":
      return {
        appearance: state,
        name: "Disabled",
        tone: stateReason === "REQUESTED" ? "idle" : "bad",
        text: DISABLED_TEXTS[stateReason] ?? stateReason,
        since,
      };
    default:
      // The API may know more than a dashboard that has been open for a while.
      return { appearance: state, name: state, tone: "warn", text: state, since };
  }
}

function describeOutcome({ responseStatus }: NonNullable<Stats["lastAttempt"]>): string {
  return responseStatus === undefined ? "failed without an answer" : `was answered ${responseStatus}`;
}

/** "the last attempt was answered 503". What is kept with the endpoint may be older than its newest attempts. */
function describeFailure({ lastFailure }: Described, lastAttempt?: Stats["lastAttempt"]): string {
  const isNewer = lastAttempt?.outcome === "FAILED" && lastAttempt.at > (lastFailure?.at ?? "");
  if (isNewer && lastAttempt.messageId !== lastFailure?.messageId)
    return `the last attempt ${describeOutcome(lastAttempt)}`;
  const { responseStatus, errorCode } = lastFailure ?? {};
  if (responseStatus !== undefined) return `the last attempt was answered ${responseStatus}`;
  return errorCode === undefined ? "every attempt fails" : `the last attempt ended in ${errorCode}`;
}

/** "1,200 deliveries", "more than 10,000 deliveries". */
export function spellHeld({
  count,
  capped,
}: Pick<NonNullable<Endpoint["held"]>, "count" | "capped">): string {
  const number = `${capped ? "more than " : ""}${count.toLocaleString()}`;
  return `${number} ${count === 1 ? "delivery" : "deliveries"}`;
}

const MOST_NAMED = 2;

/** "invoice.*, user.created and 3 more", or that it gets all. */
export function describeTypes({ eventTypes }: Pick<Endpoint, "eventTypes">): string {
  if (eventTypes === undefined) return "All events";
  const named = eventTypes.slice(0, MOST_NAMED).join(", ");
  const more = eventTypes.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
