import { useState } from "react";
import { countMany, retryMany } from "../api/messages.ts";
import type { BulkRetryRequest } from "../api/types.ts";
import { type Filter, sourcesOf } from "../messages/filter.ts";
import { now } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { BulkRun, type BulkWords } from "./bulk-run.tsx";

/** Retries every failed message of the filter: counts, asks, shows progress, sums up. */
export function BulkRetry({ filter, onClose }: { readonly filter: Filter; readonly onClose: () => void }) {
  // What fails after this moment has not been counted, so it is not retried either.
  const [scope] = useState(() => scopeOf(filter, now()));
  return (
    <Dialog title="Retry failed messages" onClose={onClose}>
      <BulkRun
        scope={scope}
        countMany={countMany}
        retryMany={retryMany}
        words={wordsFor(filter)}
        onClose={onClose}
      />
    </Dialog>
  );
}

function wordsFor(filter: Filter): BulkWords {
  return {
    counting: "Counting the failed messages…",
    none: "No failed message matches. Messages that were rolled back are sent by themselves.",
    question: (number, count) => (
      <>
        <p>
          <strong>
            {number} failed {count === 1 ? "message" : "messages"}
          </strong>{" "}
          {scopeText(filter)} will start a new round of attempts, at once.
        </p>
        <p>
          Targets may receive messages again that had arrived although they count as failed. The webhook-id of
          each stays the same, so a target that remembers it can tell.
        </p>
      </>
    ),
    action: "Retry",
    running: "Retried",
    done: (count) => `${count.toLocaleString()} ${count === 1 ? "message was" : "messages were"} retried.`,
    skipped: "skipped: somebody else retried them, or they had moved on or expired.",
    others: "The others are still failed; you can start again.",
  };
}

/** The filter of the screen as the bulk call takes it, closed towards the future. */
function scopeOf(
  filter: Filter,
  at: number,
): Pick<BulkRetryRequest, "senderId" | "target" | "endpointId" | "eventId" | "since" | "until"> {
  const { senderId, target, endpointId, eventId, since, until } = sourcesOf(filter)[0] ?? {};
  const nowText = new Date(at).toISOString();
  return {
    ...(senderId ? { senderId } : {}),
    ...(target ? { target } : {}),
    ...(endpointId ? { endpointId } : {}),
    ...(eventId ? { eventId } : {}),
    ...(since ? { since } : {}),
    until: until && until < nowText ? until : nowText,
  };
}

function scopeText({ sender, target, endpoint, event, since, until }: Filter): string {
  const parts = [
    endpoint && "to this endpoint",
    event && "of this event",
    sender && `of ${sender}`,
    target && `for ${target}`,
    (since || until) && "of the chosen time",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" ") : "of all senders";
}
