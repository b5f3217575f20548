import { type FormEvent, useId, useState } from "react";
import { useAccess } from "../access/access.ts";
import { TextField } from "../endpoint-form/text-field.tsx";
import { Button } from "../ui/button.tsx";
import styles from "./keys.module.css";

/** What receivers of a sender's own messages verify with: it can be replaced, and is stored nowhere. */
export function SenderSecret({ onRotate }: { readonly onRotate: (senderId: string) => void }) {
  const id = useId();
  const { senderId: own } = useAccess();
  const [senderId, setSenderId] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = own === "*" ? senderId.trim() : own;
    setIsMissing(wanted === "");
    if (wanted !== "") onRotate(wanted);
  };
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id}>Signing secrets</h2>
      <p className={styles.note}>
        What the receivers of a sender's messages verify them with. It is shown with the sender's first key
        and when it is rotated; endpoints have their own, on their pages.
      </p>
      <form className={styles.form} onSubmit={submit} noValidate>
        {own === "*" && (
          <TextField
            label="Sender"
            hint="One that has had a key, or has sent messages."
            value={senderId}
            errors={isMissing ? ["Whose is it?"] : undefined}
            suggests="senders"
            onChange={setSenderId}
          />
        )}
        <div>
          <Button type="submit">Rotate…</Button>
        </div>
      </form>
    </section>
  );
}
