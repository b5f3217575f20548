import { closeSync, openSync, statSync } from "node:fs";
import { isMarkedAsBackup } from "./backup-mark.ts";

const INTERVAL_MS = 1_000;

/**
 * Looks every second whether the file at `path` is the one that was opened. If it was moved, or a backup was put in its
 * place, what is written is found by nobody any more. To be stopped once the database is closed: whoever closes any
 * handle of its file lets go of SQLite's locks (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export function watchFile(path: string, onReplaced: () => void): { stop(): void } {
  const opened = statSync(path);
  const handle = openSync(path, "r");
  const timer = setInterval(() => {
    if (isOpened()) return;
    clearInterval(timer);
    onReplaced();
  }, INTERVAL_MS).unref();

  function isOpened(): boolean {
    try {
      const { dev, ino } = statSync(path);
      return dev === opened.dev && ino === opened.ino && !isMarkedAsBackup(handle);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "ENOENT";
    }
  }

  return {
    stop: () => {
      clearInterval(timer);
      closeSync(handle);
    },
  };
}
