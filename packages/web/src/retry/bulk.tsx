import { useState } from "react";
import { cancelMany, countCancellable, countResolvable, resolveMany } from "../api/bulk.ts";
import { countMany, retryMany } from "../api/messages.ts";
import type { BulkRetryRequest } from "../api/types.ts";
import { type Filter, sourcesOf } from "../messages/filter.ts";
import { now } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { BulkRun } from "./bulk-run.tsx";
import { type BulkKind, TITLES, WORDS } from "./bulk-words.tsx";
import { RetryOutcome } from "./retry-outcome.tsx";

interface BulkProps {
  readonly kind: BulkKind;
  readonly filter: Filter;
  readonly onClose: () => void;
}

const CALLS = {
  retry: { countMany, retryMany },
  resolve: { countMany: countResolvable, retryMany: resolveMany },
  cancel: { countMany: countCancellable, retryMany: cancelMany },
} as const;

/** Does it to every message of the filter: counts, asks, shows progress, sums up, and tells what came of it. */
export function Bulk({ kind, filter, onClose }: BulkProps) {
  // What fails after this moment has not been counted, so nothing is done to it either.
  const [scope] = useState(() => scopeOf(filter, now()));
  return (
    <Dialog title={TITLES[kind]} onClose={onClose}>
      <BulkRun
        scope={scope}
        {...CALLS[kind]}
        words={WORDS[kind](filter)}
        {...(kind === "retry"
          ? { outcome: (skipped: number) => <RetryOutcome scope={scope} skipped={skipped} /> }
          : {})}
        onClose={onClose}
      />
    </Dialog>
  );
}

/** The filter of the screen as the bulk call takes it, closed towards the future. */
function scopeOf(filter: Filter, at: number): Omit<BulkRetryRequest, "resolved" | "limit" | "cursor"> {
  const { senderId, target, endpointId, eventId, since, until, ...why } = sourcesOf(filter)[0] ?? {};
  const { failureReason, responseStatus, eventType } = why;
  const nowText = new Date(at).toISOString();
  return {
    ...(senderId ? { senderId } : {}),
    ...(target ? { target } : {}),
    ...(endpointId ? { endpointId } : {}),
    ...(eventId ? { eventId } : {}),
    ...(failureReason ? { failureReason } : {}),
    ...(responseStatus ? { responseStatus: Number(responseStatus) } : {}),
    ...(eventType ? { eventType } : {}),
    ...(since ? { since } : {}),
    until: until && until < nowText ? until : nowText,
  };
}
