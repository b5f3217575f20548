import { describeError } from "../api/api-error.ts";
import type { Endpoint } from "../api/types.ts";
import { Confirm } from "../ui/confirm.tsx";
import { spellHeld } from "../ui/describe-endpoint.ts";
import { Notice } from "../ui/notice.tsx";
import type { Change } from "./changes.ts";

interface ConfirmChangeProps {
  readonly change: Change;
  readonly endpoint: Endpoint;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what will happen before it does. */
export function ConfirmChange({ change, endpoint, busy, error, onConfirm, onClose }: ConfirmChangeProps) {
  const { title, action, sentences } = wordsFor(change, endpoint);
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

function wordsFor(change: Change, { state, held }: Endpoint): Words {
  switch (change) {
    case "ACTIVATE":
      return {
        title: "Activate this endpoint?",
        action: "Activate",
        sentences: [
          "It gets the events that match it from now on.",
          state === "PAUSED"
            ? `What is held is delivered, oldest first, at most 100 a second${held && held.count > 0 ? `: ${spellHeld(held)}` : ""}.`
            : "Those that it missed while it was disabled stay missed until somebody replays them.",
        ],
      };
    case "PAUSE":
      return {
        title: "Pause this endpoint?",
        action: "Pause",
        sentences: [
          "Events still match it, and their deliveries are held until somebody activates it, for at most 30 days. No attempt is counted.",
          "What is under way now is held within 20 seconds.",
        ],
      };
    case "DISABLE":
      return {
        title: "Disable this endpoint?",
        action: "Disable",
        sentences: [
          "It gets no more events until somebody activates it. What it misses meanwhile stays missed until somebody replays it.",
          "What waits for it or is under way fails, and can be retried or replayed.",
        ],
      };
    case "DELETE":
      return {
        title: "Delete this endpoint?",
        action: "Delete the endpoint",
        sentences: [
          "It gets no more events, and its signing secret is gone with it. This cannot be undone.",
          "What waits for it or is under way is cancelled. What was delivered stays in the list of messages.",
        ],
      };
  }
}
