/** Single-key shortcuts: components say what each key does, and `shell/shortcut-list.ts` is what the help shows. */
import { useEffect, useRef } from "react";
import { shortcutsEnabled } from "./preferences.ts";

type Handlers = Readonly<Record<string, ((event: KeyboardEvent) => void) | undefined>>;

const SEQUENCE_WITHIN_MS = 1_200;
let previous: { readonly key: string; readonly at: number } | undefined;

/** Calls the handler of a pressed key; "g o" is g, then o. Keys in a field, in a dialog or with Ctrl stay alone. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isDialogOpen()) return;
      if (event.key.length === 1 && !shortcutsEnabled()) return;
      const sequence = previous && event.timeStamp - previous.at < SEQUENCE_WITHIN_MS && previous.key;
      const handler =
        latest.current[`${sequence} ${event.key}`] ?? (sequence ? undefined : latest.current[event.key]);
      if (!handler) return;
      event.preventDefault();
      handler(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Remembers that a sequence has begun. To be called once. */
export function useSequences(starters: readonly string[]): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const begins = starters.includes(event.key) && !isTyping(event.target);
      previous = begins ? { key: event.key, at: event.timeStamp } : undefined;
    };
    // On the window: after every handler on the document has seen what came before this key.
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [starters]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")
  );
}

function isDialogOpen(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}
