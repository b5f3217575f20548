import type { Key } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import type { KeyKind } from "./describe-key.ts";
import { senderName } from "./describe-key.ts";
import styles from "./keys.module.css";

const SOON_MS = 60 * 60_000;

interface KeyRowProps {
  readonly of: Key;
  readonly kind: KeyKind;
  readonly isOwn: boolean;
  readonly now: number;
  readonly onReplace: () => void;
  readonly onRevoke: () => void;
}

/** One key: what it is called, whom it speaks for, what it may do, until when, and what can be done with it. */
export function KeyRow({ of: key, kind, isOwn, now, onReplace, onRevoke }: KeyRowProps) {
  const name = key.name ?? "Without a name";
  return (
    <>
      <span className={styles.named}>
        <bdi className={key.name === undefined ? styles.nameless : styles.name}>{name}</bdi>
        {isOwn && <span className={styles.own}>yours</span>}
        <code className={styles.id}>{key.keyId}</code>
      </span>
      <span className={styles.whose}>
        <bdi>{senderName(key.senderId)}</bdi>
        <span className={styles.may}>{key.scopes.join(", ")}</span>
      </span>
      <span className={styles.life}>{lifeOf(key, now)}</span>
      <span className={styles.actions}>
        {kind === "KEY" && (
          <Button small kind="plain" aria-label={`Replace ${name}…`} onClick={onReplace}>
            Replace…
          </Button>
        )}
        {kind !== "ENDED" && (
          <Button small kind="plain" aria-label={`Revoke ${name}…`} onClick={onRevoke}>
            Revoke…
          </Button>
        )}
      </span>
    </>
  );
}

function lifeOf({ createdAt, expiresAt, revokedAt }: Key, now: number) {
  if (revokedAt !== undefined)
    return (
      <>
        Revoked <Time at={revokedAt} />
      </>
    );
  if (expiresAt === undefined)
    return (
      <>
        Made <Time at={createdAt} />
      </>
    );
  const left = Date.parse(expiresAt) - now;
  if (left <= 0)
    return (
      <>
        Expired <Time at={expiresAt} />
      </>
    );
  return left < SOON_MS ? (
    <span className={styles.soon}>
      Expires in <Countdown to={expiresAt} after="a moment" />
    </span>
  ) : (
    <>
      Expires <Time at={expiresAt} />
    </>
  );
}
