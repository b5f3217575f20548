import type { Event, NotMatched } from "../api/types.ts";

export interface Reason {
  readonly endpointId: string;
  readonly text: string;
}

const TEXTS: Record<NotMatched["reason"], string> = {
  EVENT_TYPE: "It does not want this type of event",
  CHANNEL: "It has no channel in common with the event",
  DISABLED: "It is disabled",
  CREATED_LATER: "It was registered later",
  NOT_ADDRESSED: "The event was for one endpoint alone",
};

/** Each endpoint that did not get it, once: what is on record first, then what is explained by what they are now. */
export function reasonsOf(skipped: Event["skipped"], notMatched: readonly NotMatched[]): readonly Reason[] {
  const known = skipped.map(({ endpointId }) => ({ endpointId, text: "It was disabled then" }));
  const isKnown = new Set(known.map(({ endpointId }) => endpointId));
  const explained = notMatched
    .filter(({ endpointId }) => !isKnown.has(endpointId))
    .map(({ endpointId, reason, changedSince }) => {
      const text = TEXTS[reason] ?? reason;
      // Its registration is later by itself; of the others it matters what they were then.
      const isNow = changedSince && reason !== "CREATED_LATER";
      return { endpointId, text: isNow ? `${text} now; it was changed since` : text };
    });
  return [...known, ...explained];
}
