import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAccess } from "../access/access.ts";
import { describeError } from "../api/api-error.ts";
import { createKey } from "../api/keys.ts";
import type { CreatedKey, Scope } from "../api/types.ts";
import { Checkbox } from "../endpoint-form/checkbox.tsx";
import form from "../endpoint-form/endpoint-form.module.css";
import { TextField } from "../endpoint-form/text-field.tsx";
import { Button } from "../ui/button.tsx";
import dialog from "../ui/dialog.module.css";
import { Dialog } from "../ui/dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import { SCOPE_TEXTS, SCOPES } from "./describe-key.ts";
import styles from "./keys.module.css";

const LIVES = [
  { name: "until it is revoked", expiresIn: undefined },
  { name: "for 90 days", expiresIn: "90d" },
  { name: "for 30 days", expiresIn: "30d" },
  { name: "for 7 days", expiresIn: "7d" },
  { name: "for a day", expiresIn: "1d" },
  { name: "for an hour", expiresIn: "1h" },
] as const;

interface NewKeyProps {
  readonly onCreated: (key: CreatedKey) => void;
  readonly onClose: () => void;
}

export function NewKey({ onCreated, onClose }: NewKeyProps) {
  const { senderId: own } = useAccess();
  const [senderId, setSenderId] = useState(own === "*" ? "" : own);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["send", "read"]);
  const [life, setLife] = useState<(typeof LIVES)[number]>(LIVES[0]);
  const create = useMutation({
    mutationFn: () =>
      createKey({
        senderId: senderId.trim(),
        scopes: [...scopes],
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(life.expiresIn ? { expiresIn: life.expiresIn } : {}),
      }),
    onSuccess: onCreated,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  const choose = (scope: Scope, isChosen: boolean) =>
    setScopes(SCOPES.filter((one) => (one === scope ? isChosen : scopes.includes(one))));
  return (
    <Dialog title="New key" onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        {own === "*" && (
          <TextField
            label="Sender"
            hint="The one sender that it speaks for, or * for all of them."
            value={senderId}
            errors={undefined}
            suggests="senders"
            onChange={setSenderId}
          />
        )}
        <TextField
          label="Name"
          hint="For you, to tell keys apart."
          value={name}
          errors={undefined}
          isOptional
          onChange={setName}
        />
        <fieldset className={form.field}>
          <legend className={form.label}>It may</legend>
          <div className={styles.scopes}>
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                label={scope}
                hint={SCOPE_TEXTS[scope]}
                isChecked={scopes.includes(scope)}
                onChange={(isChosen) => choose(scope, isChosen)}
              />
            ))}
          </div>
        </fieldset>
        <label className={styles.works}>
          It works
          <select
            className={styles.select}
            value={life.name}
            onChange={({ target }) => setLife(LIVES.find((one) => one.name === target.value) ?? LIVES[0])}
          >
            {LIVES.map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
        </label>
        {create.error && <Notice tone="bad">{describeError(create.error)}</Notice>}
        <div className={dialog.actions}>
          <Button onClick={onClose}>Not now</Button>
          <Button kind="primary" type="submit" aria-disabled={create.isPending}>
            {create.isPending ? "One moment…" : "Create key"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
