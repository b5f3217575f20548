import { useMutation } from "@tanstack/react-query";
import { describeError } from "../api/api-error.ts";
import { createKey, revokeKey, rotateSender } from "../api/keys.ts";
import type { Key } from "../api/types.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Notice } from "../ui/notice.tsx";
import { replacementFor, senderName } from "./describe-key.ts";
import type { Reveal } from "./shown-once.tsx";

export type Asked =
  | { readonly what: "REPLACE" | "REVOKE"; readonly key: Key; readonly isOwn: boolean }
  | { readonly what: "ROTATE"; readonly senderId: string };

interface ConfirmKeyProps {
  readonly asked: Asked;
  /** With what can be shown this once. */
  readonly onDone: (reveal: Reveal | undefined) => void;
  readonly onClose: () => void;
}

/** Says what will happen before it does. */
export function ConfirmKey({ asked, onDone, onClose }: ConfirmKeyProps) {
  const { title, action, sentences } = wordsFor(asked);
  const act = useMutation({ mutationFn: () => perform(asked), onSuccess: onDone });
  return (
    <Confirm
      title={title}
      action={act.isPending ? "One moment…" : action}
      dismiss="Leave it as it is"
      danger={asked.what === "REVOKE"}
      busy={act.isPending}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    >
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {act.error && <Notice tone="bad">{describeError(act.error)}</Notice>}
    </Confirm>
  );
}

async function perform(asked: Asked): Promise<Reveal | undefined> {
  switch (asked.what) {
    case "REVOKE":
      await revokeKey(asked.key.keyId);
      return undefined;
    case "REPLACE": {
      const { key, signingSecret } = await createKey(replacementFor(asked.key));
      return {
        title: "The new key, shown this once",
        note: `Give it to whoever uses ${nameOf(asked.key)}, then revoke the old one, ${asked.key.keyId}: it works until you do.`,
        secrets: [
          { what: "Key", text: key },
          ...(signingSecret ? [{ what: "Signing secret", text: signingSecret }] : []),
        ],
      };
    }
    case "ROTATE": {
      const { signingSecret } = await rotateSender(asked.senderId);
      return {
        title: `The new signing secret of ${asked.senderId}, shown this once`,
        note: "Give it to the receivers: for 24 hours messages carry both signatures, then this one alone.",
        secrets: [{ what: "Signing secret", text: signingSecret }],
      };
    }
  }
}

interface Words {
  readonly title: string;
  readonly action: string;
  readonly sentences: readonly string[];
}

function wordsFor(asked: Asked): Words {
  switch (asked.what) {
    case "REVOKE":
      return {
        title: `Revoke ${nameOf(asked.key)}?`,
        action: "Revoke the key",
        sentences: [
          "Within 60 seconds nothing accepts it any more. This cannot be undone.",
          ...(asked.isOwn ? ["It is the key that you are signed in with: you will be signed out."] : []),
        ],
      };
    case "REPLACE":
      return {
        title: `Replace ${nameOf(asked.key)}?`,
        action: "Make its replacement",
        sentences: [
          `A new key for ${senderName(asked.key.senderId)} that may do the same (${asked.key.scopes.join(", ")}), shown once.`,
          "The old one works on until you revoke it, so that nothing fails while its holder changes over.",
        ],
      };
    case "ROTATE":
      return {
        title: `Rotate the signing secret of ${asked.senderId}?`,
        action: "Rotate",
        sentences: [
          "The new secret is shown once. Messages are signed with both for 24 hours, so that receivers can change over without missing one.",
          "Endpoints have secrets of their own, which this does not change.",
        ],
      };
  }
}

function nameOf({ name, keyId }: Key): string {
  return name === undefined ? keyId : `“${name}”`;
}
