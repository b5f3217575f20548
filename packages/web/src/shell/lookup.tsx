import { type FormEvent, useId, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { filterSearch, parseFilter } from "../messages/filter.ts";
import { SearchIcon } from "../ui/icons.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import styles from "./header.module.css";

const MESSAGE_ID = /^msg_[0-9A-HJKMNP-TV-Z]{26}$/;

/** One field for both: what looks like a message id opens the message, all else is an idempotency key. */
export function Lookup() {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [path, navigate] = useLocation();
  const search = useSearch();
  useShortcuts({ "/": () => field.current?.select() });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = field.current?.value.trim() ?? "";
    if (!text) return;
    field.current?.blur();
    if (MESSAGE_ID.test(text)) return navigate(`/messages/${text}`);
    const sender = path === "/messages" ? parseFilter(search).sender : undefined;
    navigate(`/messages${filterSearch({ tab: "all", key: text, ...(sender ? { sender } : {}) })}`);
  };
  return (
    <search className={styles.lookup}>
      <form onSubmit={submit} className={styles.lookup}>
        <label htmlFor={id} className={styles.lookupIcon}>
          <SearchIcon />
        </label>
        <input
          ref={field}
          id={id}
          className={styles.lookupField}
          type="text"
          enterKeyHint="search"
          placeholder="Message id or idempotency key"
          aria-label="Look up a message id or an idempotency key"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <kbd className={`${styles.key} ${styles.lookupKey}`}>/</kbd>
      </form>
    </search>
  );
}
