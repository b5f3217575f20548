import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useAccess } from "../access/access.ts";
import { describeError, isMissing } from "../api/api-error.ts";
import { fetchMessage, type ShownMessage, sendDocument } from "../api/messages.ts";
import { Checkbox } from "../endpoint-form/checkbox.tsx";
import styles from "../endpoint-form/endpoint-form.module.css";
import { PairsField } from "../endpoint-form/pairs-field.tsx";
import { TextField } from "../endpoint-form/text-field.tsx";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Notice } from "../ui/notice.tsx";
import { NotYet } from "../ui/query-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Draft, type DraftErrors, documentOf, draftOf, errorsIn, errorsOf } from "./compose.ts";

/** A new message, prefilled from one that there is. */
export function ComposePage() {
  const { canSend } = useAccess();
  const from = new URLSearchParams(useSearch()).get("from") ?? "";
  // As it was when the form was opened.
  const query = useQuery({
    queryKey: ["copied", from],
    queryFn: ({ signal }) => fetchMessage(from, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: canSend,
  });
  if (!canSend) return <Empty title="This key may not send messages" />;
  if (isMissing(query.error)) return <Empty title="There is no such message" />;
  if (!query.data)
    return <NotYet query={query} what="the message" skeleton={<Skeleton label="Loading the message" />} />;
  return (
    <div className={styles.page}>
      <h1>Send again, edited</h1>
      <Compose shown={query.data} />
    </div>
  );
}

function Compose({ shown }: { readonly shown: ShownMessage }) {
  const { message } = shown;
  const [draft, setDraft] = useState(() => draftOf(shown));
  const [found, setFound] = useState<DraftErrors>({});
  const [, navigate] = useLocation();
  const latest = useRef({ text: "", key: "" });
  const send = useMutation({
    mutationFn: (text: string) => {
      // Pressed again because no answer came: the same call makes no second message.
      if (latest.current.text !== text) latest.current = { text, key: crypto.randomUUID() };
      return sendDocument(text, latest.current.key);
    },
    onSuccess: ({ messageId }) => {
      announce("Sent as a new message.");
      navigate(`/messages/${messageId}`);
    },
  });
  const errors = { ...errorsOf(send.error), ...found };
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = errorsIn(draft);
    setFound(wrong);
    if (Object.keys(wrong).length === 0 && !send.isPending) send.mutate(documentOf(draft));
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {send.error && <Notice tone="bad">Not sent: {describeError(send.error)}</Notice>}
      <p>
        A new message of {message.senderId}, with an id of its own; the first stays as it is.
        {message.endpointId &&
          " It goes to the address alone, not to the endpoint: it is signed with the sender's secret."}
        {message.orderingKey && " It is in no order with others."}
      </p>
      <TextField
        label="URL"
        isUrl
        hint="Where it is delivered."
        value={draft.targetUrl}
        errors={errors.targetUrl}
        onChange={(targetUrl) => set({ targetUrl })}
      />
      <TextField
        label="Method"
        hint="POST, PUT, PATCH, DELETE or GET."
        value={draft.method}
        errors={errors.method}
        onChange={(method) => set({ method: method.toUpperCase() })}
      />
      <PairsField
        label="Headers"
        one="header"
        hint="Besides those that Homing adds."
        pairs={draft.headers}
        errors={errors.headers}
        onChange={(headers) => set({ headers })}
      />
      <TextField
        label="Body"
        isOptional
        isCode
        lines={12}
        hint={draft.isJson ? "JSON; it is sent compact." : "Text, sent as it is."}
        value={draft.body}
        errors={errors.body}
        onChange={(body) => set({ body })}
      />
      <Checkbox
        label="The body is JSON"
        hint="Otherwise it is sent as plain text."
        isChecked={draft.isJson}
        onChange={(isJson) => set({ isJson })}
      />
      <div className={styles.actions}>
        <Button kind="primary" type="submit" aria-disabled={send.isPending}>
          {send.isPending ? "One moment…" : "Send as a new message"}
        </Button>
        <Button onClick={() => navigate(`/messages/${message.messageId}`)}>Cancel</Button>
      </div>
    </form>
  );
}
