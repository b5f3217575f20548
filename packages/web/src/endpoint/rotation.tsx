import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { describeError } from "../api/api-error.ts";
import { rotateSecret } from "../api/endpoints.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import dialog from "../ui/dialog.module.css";
import { Dialog } from "../ui/dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./choice.module.css";

const HOUR_SECONDS = 3_600;
const GRACES = [
  { name: "24 hours", seconds: 24 * HOUR_SECONDS },
  { name: "1 hour", seconds: HOUR_SECONDS },
  { name: "7 days", seconds: 7 * 24 * HOUR_SECONDS },
  { name: "no time: it ends at once", seconds: 0 },
] as const;

interface RotationProps {
  readonly endpointId: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Gives an endpoint another secret, beside which the old one holds for a while. */
export function Rotation({ endpointId, onDone, onClose }: RotationProps) {
  const id = useId();
  const [grace, setGrace] = useState<(typeof GRACES)[number]>(GRACES[0]);
  const [secret, setSecret] = useState("");
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => {
      const own = secret.trim();
      return rotateSecret(endpointId, { graceSeconds: grace.seconds, ...(own ? { secret: own } : {}) });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["endpoint", endpointId] });
      announce("Rotated. Deliveries are signed with the new secret within 20 s.");
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!rotate.isPending) rotate.mutate();
  };
  return (
    <Dialog title="Rotate the signing secret" onClose={onClose}>
      <form className={styles.choice} onSubmit={submit}>
        <div className={dialog.text}>
          <p>
            Deliveries are signed with both secrets while the old one still holds, so that the receiver can
            change over without missing one.
          </p>
          {grace.seconds === 0 && (
            <p>
              <strong>Receivers that know only the old secret refuse what is delivered from then on.</strong>
            </p>
          )}
        </div>
        <label className={styles.span}>
          The old one holds for
          <select
            className={styles.select}
            value={grace.name}
            onChange={({ target }) => setGrace(GRACES.find(({ name }) => name === target.value) ?? GRACES[0])}
          >
            {GRACES.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <div className={styles.own}>
          <label htmlFor={id}>
            A secret of your own <span className={styles.optional}>optional</span>
          </label>
          <input
            id={id}
            className={styles.input}
            value={secret}
            placeholder="whsec_…"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={rotate.isError}
            onChange={(event) => setSecret(event.target.value)}
          />
        </div>
        {rotate.error && <Notice tone="bad">{describeError(rotate.error)}</Notice>}
        <div className={dialog.actions}>
          <Button onClick={onClose}>Not now</Button>
          <Button kind="primary" type="submit" aria-disabled={rotate.isPending}>
            {rotate.isPending ? "One moment…" : "Rotate"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
