import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { describeError, isRefused, isTransient } from "../api/api-error.ts";
import { accessQuery } from "../api/queries.ts";
import { signIn } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Logo } from "../ui/icons.tsx";
import styles from "./sign-in.module.css";

const REVOKED = "Homing no longer accepts the key you used. It was probably revoked: enter another one.";

/** Asks for a key, and keeps it only after the API has accepted it. */
export function SignIn({ refused }: { readonly refused: boolean }) {
  const client = useQueryClient();
  const [key, setKey] = useState("");
  const [error, setError] = useState(refused ? REVOKED : undefined);
  const [isChecking, setIsChecking] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const entered = key.trim();
    if (!entered) return setError("Enter a key.");
    setIsChecking(true);
    setError(undefined);
    try {
      const { canRead } = await client.fetchQuery({ ...accessQuery(entered), retry: false });
      if (canRead) return signIn(entered);
      setError("This key may not read messages. The dashboard needs the scope read or operate.");
    } catch (cause) {
      setError(explain(cause));
    }
    setIsChecking(false);
  };

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit} noValidate>
        <div className={styles.brand}>
          <Logo /> Homing
        </div>
        <h1>Enter an operator key</h1>
        <p className={styles.intro}>
          The key was printed when Homing started, or made with <code>npm run keys</code>.
        </p>
        <div className={styles.field}>
          <label className={styles.label} htmlFor="key">
            Key
          </label>
          <input
            id="key"
            className={styles.input}
            type="password"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: the only thing to do on this screen
            autoFocus
            value={key}
            aria-invalid={error !== undefined}
            aria-describedby="key-error key-hint"
            onChange={(event) => setKey(event.target.value)}
          />
        </div>
        <div id="key-error" role="alert" className={error ? styles.error : undefined}>
          {error}
        </div>
        <Button kind="primary" type="submit" disabled={isChecking}>
          {isChecking ? "Checking…" : "Continue"}
        </Button>
        <p id="key-hint" className={styles.hint}>
          It is kept in this tab until you close it, and sent to Homing only.
        </p>
      </form>
    </main>
  );
}

function explain(error: unknown): string {
  if (isRefused(error)) return "Homing does not accept this key. It is mistyped, unknown or revoked.";
  return isTransient(error) ? `${describeError(error)} Try again in a moment.` : describeError(error);
}
