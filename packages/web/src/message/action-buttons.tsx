import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAccess } from "../access/access.ts";
import { cancelMessage, retryMessage } from "../api/messages.ts";
import type { Message } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { lazyPart } from "../ui/lazy-part.tsx";
import { CancelIcon, RetryIcon } from "../ui/more-icons.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import styles from "./action-buttons.module.css";
import { type Asked, actionsFor, type RetryKind } from "./actions.ts";

const ConfirmAction = lazyPart("The question before it", () =>
  import("./confirm-action.tsx").then((m) => m.ConfirmAction),
);

const RETRY_LABELS: Record<RetryKind, string> = {
  NEW_ROUND: "Retry…",
  SEND_NOW: "Send now…",
  ENQUEUE: "Send now…",
  PAST_PAUSE: "Deliver now…",
};

/** What this key may do with the message in its present state; nothing for a key that may only read. */
export function ActionButtons({ message }: { readonly message: Message }) {
  const { canSend, canManage } = useAccess();
  const possible = actionsFor(message, useNow());
  // Whoever manages endpoints may repeat what is for them.
  const retry = canSend || (canManage && message.endpointId) ? possible.retry : undefined;
  const cancel = canSend && possible.cancel;
  const [asked, setAsked] = useState<Asked>();
  const client = useQueryClient();

  const act = useMutation({
    mutationFn: (what: Asked) =>
      what === "CANCEL" ? cancelMessage(message.messageId) : retryMessage(message.messageId),
    onSuccess: ({ status }, what) => {
      setAsked(undefined);
      announce(what === "CANCEL" ? "Cancelled. It will not be delivered." : outcomeText(status));
    },
    // Refused or not, the message may be in another state than the one on the screen.
    onSettled: () => client.invalidateQueries({ queryKey: ["message", message.messageId] }),
  });
  const ask = (what: Asked) => {
    act.reset();
    setAsked(what);
  };
  useShortcuts({ r: retry && (() => ask(retry)), x: cancel ? () => ask("CANCEL") : undefined });
  return (
    <div className={styles.actions}>
      {cancel && (
        <Button onClick={() => ask("CANCEL")} aria-keyshortcuts="x">
          <CancelIcon />
          Cancel…
        </Button>
      )}
      {retry && (
        <Button kind="primary" onClick={() => ask(retry)} aria-keyshortcuts="r">
          <RetryIcon />
          {RETRY_LABELS[retry]}
        </Button>
      )}
      {asked && (
        <ConfirmAction
          asked={asked}
          message={message}
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

function outcomeText(status: Message["status"]): string {
  return status === "PENDING" ? "Accepted. It waits to be put on the queue." : "Sent to the queue.";
}
