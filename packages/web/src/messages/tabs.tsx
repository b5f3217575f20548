import { Link } from "wouter";
import { type Filter, filterSearch, TAB_NAMES, TABS } from "./filter.ts";
import styles from "./tabs.module.css";

/** Links, not a tab widget: each is a place with an address. */
export function Tabs({ filter }: { readonly filter: Filter }) {
  const { key: _, ...rest } = filter;
  return (
    <nav aria-label="Status" className={styles.scroll}>
      <ul className={styles.tabs}>
        {TABS.map((tab) => (
          <li key={tab}>
            <Link
              href={`/messages${filterSearch({ ...rest, tab })}`}
              className={styles.tab ?? ""}
              aria-current={tab === filter.tab ? "page" : undefined}
            >
              {TAB_NAMES[tab]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
