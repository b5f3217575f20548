import { type FormEvent, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { readLookup } from "../find/read-lookup.ts";
import { Suggestions } from "../find/suggestions.tsx";
import { filterSearch } from "../messages/filter.ts";
import { SearchIcon } from "../ui/icons.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import styles from "./header.module.css";

/** One field for all that a message, an endpoint or an event may be known by. What it cannot tell by itself is looked for. */
export function Lookup() {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [isWanted, setIsWanted] = useState(false);
  const [, navigate] = useLocation();
  useShortcuts({ "/": () => field.current?.select() });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lookup = readLookup(field.current?.value ?? "");
    if (!lookup) return;
    field.current?.blur();
    if (lookup.kind === "page") navigate(lookup.path);
    else if (lookup.kind === "target")
      navigate(`/messages${filterSearch({ tab: "all", target: lookup.host })}`);
    else navigate(`/find?${new URLSearchParams({ q: lookup.text })}`);
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
          placeholder="Id, key, sender or target"
          aria-label="Look up"
          title="The id of a message, event or endpoint, an idempotency key, correlation id, sender, target or URL, or name:value of its metadata"
          list={`${id}-suggestions`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onFocus={() => setIsWanted(true)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <Suggestions id={`${id}-suggestions`} isWanted={isWanted} of={["senders", "targets"]} />
        <kbd className={`${styles.key} ${styles.lookupKey}`}>/</kbd>
      </form>
    </search>
  );
}
