import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAccess } from "../access/access.ts";
import { skipMessage } from "../api/lanes.ts";
import { cancelMessage, resolveMessage, retryMessage } from "../api/messages.ts";
import type { Message, OperationResult } from "../api/types.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { CheckIcon } from "../ui/icons.tsx";
import { lazyPart } from "../ui/lazy-part.tsx";
import { CancelIcon, RetryIcon, SkipIcon } from "../ui/more-icons.tsx";
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
  PAST_GATE: "Deliver now…",
};

const CALLS: Record<Asked, (messageId: string) => Promise<OperationResult>> = {
  NEW_ROUND: retryMessage,
  SEND_NOW: retryMessage,
  ENQUEUE: retryMessage,
  PAST_PAUSE: retryMessage,
  PAST_GATE: retryMessage,
  CANCEL: cancelMessage,
  SKIP: skipMessage,
  RESOLVE: resolveMessage,
};

interface ActionButtonsProps {
  readonly message: Message;
  /** In a row among others: there a key could mean any of them. */
  readonly inRow?: true;
}

/** What this key may do with the message in its present state; nothing for a key that may only read. */
export function ActionButtons({ message, inRow }: ActionButtonsProps) {
  const { canSend, canManage, canOperate } = useAccess();
  const possible = actionsFor(message, useNow());
  // Whoever manages endpoints may repeat what is for them.
  const retry = canSend || (canManage && message.endpointId) ? possible.retry : undefined;
  const cancel = canSend && possible.cancel;
  const skip = canSend && possible.skip;
  const resolve = canOperate && possible.resolve;
  const [asked, setAsked] = useState<Asked>();
  const client = useQueryClient();

  const act = useMutation({
    mutationFn: (what: Asked) => CALLS[what](message.messageId),
    onSuccess: (result, what) => {
      setAsked(undefined);
      announce(outcomeText(what, result));
    },
    // Refused or not, the message may be in another state than the one on the screen.
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [what, id] }) =>
          what === "lanes" || (what === "message" && id === message.messageId),
      }),
  });
  const ask = (what: Asked) => {
    act.reset();
    setAsked(what);
  };
  useShortcuts({
    r: retry && !inRow ? () => ask(retry) : undefined,
    x: cancel && !inRow ? () => ask("CANCEL") : undefined,
  });
  const small = inRow === true;
  return (
    <div className={styles.actions}>
      {cancel && (
        <Button small={small} onClick={() => ask("CANCEL")} {...(inRow ? {} : { "aria-keyshortcuts": "x" })}>
          <CancelIcon />
          Cancel…
        </Button>
      )}
      {resolve && (
        <Button small={small} onClick={() => ask("RESOLVE")}>
          <CheckIcon />
          Resolve…
        </Button>
      )}
      {skip && (
        <Button small={small} onClick={() => ask("SKIP")}>
          <SkipIcon />
          Skip…
        </Button>
      )}
      {retry && (
        <Button
          kind={inRow ? "normal" : "primary"}
          small={small}
          onClick={() => ask(retry)}
          {...(inRow ? {} : { "aria-keyshortcuts": "r" })}
        >
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

function outcomeText(what: Asked, { status, place }: OperationResult): string {
  if (what === "CANCEL") return "Cancelled. It will not be delivered.";
  if (what === "RESOLVE") return "Resolved. It counts as a failure no more.";
  if (what === "SKIP") return "Skipped. Those behind it go on.";
  if (place === "END_OF_LINE") return "Accepted, at the end of its line.";
  return status === "PENDING" ? "Accepted. It waits to be put on the queue." : "Sent to the queue.";
}
