import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useAccess } from "../access/access.ts";
import { describeError } from "../api/api-error.ts";
import { retryEvent } from "../api/events.ts";
import type { Event } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { RetryIcon } from "../ui/more-icons.tsx";
import { Notice } from "../ui/notice.tsx";

/** Makes the deliveries that could not be made; nothing for an event that has all of them, or a key that may not. */
export function MakeDeliveries({ event }: { readonly event: Event }) {
  const { canSend, canManage } = useAccess();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryEvent(event.eventId),
    onSuccess: ({ status }) =>
      announce(status === "EXPANDED" ? "Its deliveries are made." : "Its deliveries are being made."),
    // Refused or not, the event may be in another state than the one on the screen.
    onSettled: () => client.invalidateQueries({ queryKey: ["event", event.eventId] }),
  });
  if (event.status !== "FAILED" || !(canSend || canManage)) return null;
  return (
    <>
      <Button kind="primary" onClick={() => retry.mutate()} disabled={retry.isPending}>
        <RetryIcon />
        Make its deliveries
      </Button>
      {retry.error && <Notice tone="bad">{describeError(retry.error)}</Notice>}
    </>
  );
}
