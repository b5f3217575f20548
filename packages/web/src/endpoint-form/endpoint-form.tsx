import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useAccess } from "../access/access.ts";
import { describeError } from "../api/api-error.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Checkbox } from "./checkbox.tsx";
import styles from "./endpoint-form.module.css";
import { errorsIn, errorsOf, type Field, type FieldMessages } from "./form-errors.ts";
import type { FormValues } from "./form-values.ts";
import { PairsField } from "./pairs-field.tsx";
import { StateField } from "./state-field.tsx";
import { TextField } from "./text-field.tsx";

interface EndpointFormProps {
  readonly start: FormValues;
  readonly isNew?: true;
  /** What the button says that saves. */
  readonly action: string;
  readonly onSave: (values: FormValues) => Promise<void>;
  readonly onCancel: () => void;
}

/** The fields of an endpoint, each with what the API found wrong with it. */
export function EndpointForm({ start, isNew, action, onSave, onCancel }: EndpointFormProps) {
  const { senderId: own } = useAccess();
  const [values, setValues] = useState(start);
  const form = useRef<HTMLFormElement>(null);
  const save = useMutation({
    mutationFn: async (typed: FormValues) => {
      const local = errorsIn(typed);
      if (Object.keys(local).length > 0) throw new LocalErrors(local);
      await onSave(typed);
    },
  });
  const errors: FieldMessages =
    save.error instanceof LocalErrors
      ? save.error.messages
      : ((save.variables && errorsOf(save.error, save.variables)) ?? {});
  const count = Object.keys(errors).length;
  useEffect(() => {
    if (save.error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [save.error]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate(values);
  };
  const set = (changes: Partial<FormValues>) => setValues((before) => ({ ...before, ...changes }));
  const text = (name: Exclude<Field, "headers" | "metadata">) => ({
    value: values[name],
    errors: errors[name],
    onChange: (value: string) => set({ [name]: value }),
  });
  const pairs = (name: "headers" | "metadata") => ({
    pairs: values[name],
    errors: errors[name],
    onChange: (changed: FormValues["headers"]) => set({ [name]: changed }),
  });
  const hasMore = (["channels", "rateLimit", "headers", "metadata", "secret"] as const).some(
    (name) => errors[name] !== undefined || start[name].length > 0,
  );
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate>
      {save.error && (
        <Notice tone="bad">
          {count > 0
            ? `Not saved: ${count === 1 ? "one field is" : `${count} fields are`} not right yet.`
            : describeError(save.error)}
        </Notice>
      )}
      {isNew && own === "*" && (
        <TextField
          {...text("senderId")}
          label="Sender"
          placeholder="default"
          suggests="senders"
          hint="Whose events it gets: a service of yours, or a customer on whose behalf you send."
        />
      )}
      <TextField
        {...text("url")}
        label="URL"
        placeholder="https://example.com/webhooks"
        isUrl
        hint="Events are delivered there by POST."
      />
      <TextField
        {...text("description")}
        label="Description"
        isOptional
        hint="For you, to tell endpoints apart."
      />
      <TextField
        {...text("eventTypes")}
        label="Event types"
        isOptional
        lines={3}
        isCode
        placeholder={"invoice.*\nuser.created"}
        hint="One a line. * stands for any run of characters. Left empty, it gets events of all types."
      />
      <details className={styles.more} open={hasMore || undefined}>
        <summary className={styles.summary}>
          Channels, headers, metadata, rate limit{isNew && ", secret"}
        </summary>
        <div className={styles.form}>
          <TextField
            {...text("channels")}
            label="Channels"
            isOptional
            lines={2}
            isCode
            hint="It gets events that share a channel with it. Left empty: all, with or without channels."
          />
          <PairsField {...pairs("headers")} label="Headers" one="header" hint="Sent with each delivery." />
          <PairsField {...pairs("metadata")} label="Metadata" one="pair" hint="For you; it is not sent." />
          <TextField
            {...text("rateLimit")}
            label="Rate limit"
            isOptional
            isCode
            placeholder="100/1m"
            hint="At most so many requests in a period, evenly spaced: 100/1m is 100 a minute. What is beyond waits for its turn. Left empty: no limit."
          />
          {isNew && (
            <TextField
              {...text("secret")}
              label="Signing secret"
              isOptional
              isCode
              placeholder="whsec_…"
              hint="Only to bring one along, from another service. Otherwise it gets one of its own."
            />
          )}
          <Checkbox
            label="Send the svix-* headers too"
            hint="For receivers that look for svix-id, svix-timestamp and svix-signature."
            isChecked={values.svixHeaders}
            onChange={(svixHeaders) => set({ svixHeaders })}
          />
        </div>
      </details>
      {isNew && <StateField state={values.state} onChange={(state) => set({ state })} />}
      <div className={styles.actions}>
        <Button kind="primary" type="submit" aria-disabled={save.isPending}>
          {save.isPending ? "One moment…" : action}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

class LocalErrors extends Error {
  readonly messages: FieldMessages;

  constructor(messages: FieldMessages) {
    super("Something in the form is not right yet.");
    this.messages = messages;
  }
}
