import { describeError } from "../api/api-error.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Change } from "./changes.ts";

interface ConfirmChangeProps {
  readonly change: Change;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what will happen before it does. */
export function ConfirmChange({ change, busy, error, onConfirm, onClose }: ConfirmChangeProps) {
  const { title, action, sentences } = WORDS[change];
  return (
    <Confirm
      title={title}
      action={busy ? "One moment…" : action}
      dismiss="Leave it as it is"
      danger={change === "DELETE"}
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
  readonly sentences: readonly string[];
}

const WORDS: Record<Change, Words> = {
  ACTIVATE: {
    title: "Activate this endpoint?",
    action: "Activate",
    sentences: [
      "It gets the events that match it from now on. Those that it missed stay missed until somebody replays them.",
    ],
  },
  DISABLE: {
    title: "Disable this endpoint?",
    action: "Disable",
    sentences: [
      "It gets no more events until somebody activates it. What it misses meanwhile stays missed until somebody replays it.",
      "Deliveries that are still on their way fail when their turn comes, and can be retried.",
    ],
  },
  DELETE: {
    title: "Delete this endpoint?",
    action: "Delete the endpoint",
    sentences: [
      "It gets no more events, and its signing secret is gone with it. This cannot be undone.",
      "Deliveries that are still on their way are cancelled. What was delivered stays in the list of messages.",
    ],
  },
};
