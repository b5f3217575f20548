import { type FormEvent, useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import styles from "./which-sender.module.css";

interface WhichSenderProps {
  readonly what: "idempotency key" | "ordering key";
  readonly onAnswer: (sender: string) => void;
}

/** Such keys belong to a sender; an API key for all senders has to say which one is meant. */
export function WhichSender({ what, onAnswer }: WhichSenderProps) {
  const id = useId();
  const [sender, setSender] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (sender.trim()) onAnswer(sender.trim());
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <h2>Whose {what} is this?</h2>
      <p className={styles.text}>
        Each sender has keys of its own. Messages sent without a sender belong to <code>default</code>.
      </p>
      <div className={styles.row}>
        <label htmlFor={id}>Sender</label>
        <input
          id={id}
          className={styles.input}
          value={sender}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: the answer to a question the reader's lookup just raised
          autoFocus
          onChange={(event) => setSender(event.target.value)}
        />
        <Button kind="primary" type="submit">
          Look up
        </Button>
      </div>
    </form>
  );
}
