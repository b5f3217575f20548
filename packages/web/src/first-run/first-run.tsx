import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useLocation } from "wouter";
import { useAccess } from "../access/access.ts";
import { describeError } from "../api/api-error.ts";
import { v1 } from "../api/client.ts";
import { currentKey } from "../api/session.ts";
import { TextField } from "../endpoint-form/text-field.tsx";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { curlFor, firstMessage, HEALTH_PAGE } from "./first-message.ts";
import styles from "./first-run.module.css";

/** On the screen in place of the key, which somebody may look at over the reader's shoulder. */
const HIDDEN_KEY = "$HOMING_KEY";

/** Where nothing was ever sent: how to send something, from here and from a shell. Nothing for a key that may not. */
export function FirstRun() {
  const id = useId();
  const { canSend } = useAccess();
  const [, navigate] = useLocation();
  const [target, setTarget] = useState(HEALTH_PAGE);
  const message = firstMessage(target.trim());
  const send = useMutation({
    mutationFn: async () => (await v1.messages.$post({ json: message }, { headers: once() })).json(),
    onSuccess: ({ messageId }) => {
      announce("Accepted.");
      navigate(`/messages/${messageId}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending) send.mutate();
  };
  if (!canSend) return null;
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id}>Send a first message</h2>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label="Where to"
          hint="This is Homing's own health page; put in a URL of yours to see it arrive."
          value={target}
          errors={undefined}
          isUrl
          onChange={setTarget}
        />
        {send.error && <Notice tone="bad">{describeError(send.error)}</Notice>}
        <div>
          <Button kind="primary" type="submit" aria-disabled={send.isPending}>
            {send.isPending ? "Sending…" : "Send a test message"}
          </Button>
        </div>
      </form>
      <div className={styles.shell}>
        <p className={styles.note}>The same from a shell. What is copied holds your key.</p>
        <div className={styles.line}>
          <code>{curlFor(message, HIDDEN_KEY)}</code>
          <CopyButton text={curlFor(message, currentKey() ?? HIDDEN_KEY)} what="line with your key" />
        </div>
      </div>
    </section>
  );
}

/** A call whose answer was lost is not made twice by whatever stands between. */
function once() {
  return { "idempotency-key": crypto.randomUUID() };
}
