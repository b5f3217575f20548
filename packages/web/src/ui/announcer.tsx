/** Short news about what the reader just did: shown for a few seconds, and read out by screen readers. */
import { useEffect, useSyncExternalStore } from "react";
import styles from "./announcer.module.css";

const SHOWN_FOR_MS = 5_000;

interface Announcement {
  readonly text: string;
}

let current: Announcement | undefined;
const listeners = new Set<() => void>();

function change(next: Announcement | undefined): void {
  current = next;
  for (const listener of listeners) listener();
}

export function announce(text: string): void {
  change({ text });
}

export function Announcer() {
  const announcement = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  useEffect(() => {
    if (!announcement) return;
    const timer = setTimeout(() => change(undefined), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [announcement]);
  return (
    <div className={styles.toast} role="status">
      {announcement && <div className={styles.text}>{announcement.text}</div>}
    </div>
  );
}
