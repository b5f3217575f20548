import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAccess } from "../access/access.ts";
import { describeError } from "../api/api-error.ts";
import { cancelEvent } from "../api/events.ts";
import type { Event } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { CancelIcon } from "../ui/more-icons.tsx";
import { Notice } from "../ui/notice.tsx";

const Confirm = lazyPart("The question before it", () => import("../ui/confirm.tsx").then((m) => m.Confirm));

/** Ends what of an event is not delivered yet; nothing where all is finished, or for a key that may not. */
export function CancelDeliveries({ event }: { readonly event: Event }) {
  const { canSend } = useAccess();
  const [isAsked, setIsAsked] = useState(false);
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelEvent(event.eventId),
    onSuccess: ({ cancelled }) => {
      setIsAsked(false);
      announce(
        `${cancelled.toLocaleString()} ${cancelled === 1 ? "delivery was" : "deliveries were"} cancelled.`,
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["event", event.eventId] }),
  });
  const { PENDING = 0, QUEUED = 0 } = event.counts;
  const open = PENDING + QUEUED;
  if (!canSend || (open === 0 && !isAsked)) return null;
  return (
    <>
      <Button
        onClick={() => {
          cancel.reset();
          setIsAsked(true);
        }}
      >
        <CancelIcon />
        Cancel deliveries…
      </Button>
      {isAsked && (
        <Confirm
          title="Cancel what is not delivered yet?"
          action={cancel.isPending ? "One moment…" : "Cancel the deliveries"}
          dismiss="Keep them"
          danger
          busy={cancel.isPending}
          onConfirm={() => cancel.mutate()}
          onClose={() => setIsAsked(false)}
        >
          <p>
            Homing makes no further attempt to deliver this event to the endpoints that have not taken it yet:{" "}
            {open.toLocaleString()}. This cannot be undone.
          </p>
          <p>What is being delivered right now goes on, and what was delivered stays delivered.</p>
          {cancel.error && <Notice tone="bad">{describeError(cancel.error)}</Notice>}
        </Confirm>
      )}
    </>
  );
}
