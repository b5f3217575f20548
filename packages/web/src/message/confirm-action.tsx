import { describeError } from "../api/api-error.ts";
import type { Message } from "../api/types.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Notice } from "../ui/notice.tsx";
import { type Asked, isBlocking } from "./actions.ts";

interface ConfirmActionProps {
  readonly asked: Asked;
  readonly message: Message;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what will happen before it does. */
export function ConfirmAction({ asked, message, busy, error, onConfirm, onClose }: ConfirmActionProps) {
  const { title, action, dismiss, sentences } = wordsFor(asked, message);
  return (
    <Confirm
      title={title}
      action={busy ? "One moment…" : action}
      dismiss={dismiss}
      danger={asked === "CANCEL" || asked === "SKIP"}
      busy={busy}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {error && <Notice tone="bad">{describeError(error)}</Notice>}
    </Confirm>
  );
}

interface Words {
  readonly title: string;
  readonly action: string;
  readonly dismiss: string;
  readonly sentences: readonly string[];
}

function wordsFor(asked: Asked, message: Message): Words {
  const { attemptCount } = message;
  const made = attemptCount === 1 ? "1 attempt has" : `${attemptCount} attempts have`;
  switch (asked) {
    case "NEW_ROUND":
      return {
        title: "Retry this message?",
        action: "Retry",
        dismiss: "Not now",
        sentences: [
          `Homing starts a new round of attempts, the first at once. It will be attempt ${attemptCount + 1}; the history stays.`,
          attemptCount === 0
            ? "No request has been made for this message so far."
            : "The target may receive it again: an earlier attempt may have arrived even though it counts as failed. The webhook-id stays the same, so a target that remembers it can tell.",
          ...(message.orderingKey === undefined ? [] : [placeText(message)]),
        ],
      };
    case "SEND_NOW":
      return {
        title: "Send this message now?",
        action: "Send now",
        dismiss: "Keep waiting",
        sentences: [
          `Homing makes attempt ${attemptCount + 1} at once instead of waiting for its time.`,
          ...(attemptCount === 0
            ? []
            : ["The target may receive it again if an earlier attempt did arrive."]),
        ],
      };
    case "ENQUEUE":
      return {
        title: "Put this message on the queue now?",
        action: "Send now",
        dismiss: "Keep waiting",
        sentences: [
          "Homing tries the queue at once instead of at its next turn. If the queue still refuses, the message stays stored and Homing goes on trying by itself.",
        ],
      };
    case "PAST_PAUSE":
      return {
        title: "Deliver this message although its endpoint is paused?",
        action: "Deliver now",
        dismiss: "Keep it held",
        sentences: [
          `Homing makes attempt ${attemptCount + 1} at once. Everything else for the endpoint stays held until it is activated.`,
        ],
      };
    case "PAST_GATE":
      return {
        title: "Deliver this message although its endpoint fails?",
        action: "Deliver now",
        dismiss: "Keep it held",
        sentences: [
          `Homing makes attempt ${attemptCount + 1} at once. If it succeeds, all that is held for the endpoint goes on.`,
        ],
      };
    case "SKIP":
      return {
        title: "Let the others go on without this message?",
        action: "Skip the message",
        dismiss: "Keep them waiting",
        sentences: [
          "It stays failed, and the next of its ordering key is delivered at once. This cannot be undone: a later retry goes to the end of the line, out of order.",
        ],
      };
    case "RESOLVE":
      return {
        title: "Resolve this failure?",
        action: "Resolve",
        dismiss: "Not now",
        sentences: [
          "For what has been dealt with in another way, or needs nothing more. It stays failed and is found under Resolved, counts as a failure no more, and no bulk retry takes it along.",
        ],
      };
    case "CANCEL":
      return {
        title: "Cancel this message?",
        action: "Cancel the message",
        dismiss: "Keep it",
        sentences: [
          "Homing makes no further attempt to deliver it. This cannot be undone.",
          ...(attemptCount === 0
            ? ["The target has received nothing so far."]
            : [`${made} been made already; what the target received stays received.`]),
        ],
      };
  }
}

/** What a retry means to those of the same ordering key. */
function placeText(message: Message): string {
  return isBlocking(message)
    ? "It keeps its place: those behind it go on once it is delivered."
    : "Others of its ordering key have passed it. It goes to the end of the line, and is delivered out of order.";
}
