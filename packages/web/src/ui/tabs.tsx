import { Link } from "wouter";
import styles from "./tabs.module.css";

export interface Tab {
  readonly name: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** Links, not a tab widget: each is a place with an address. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className={styles.scroll}>
      <ul className={styles.tabs}>
        {tabs.map(({ name, href, isCurrent }) => (
          <li key={name}>
            <Link href={href} className={styles.tab ?? ""} aria-current={isCurrent ? "page" : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
