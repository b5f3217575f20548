import { type ReactNode, useState } from "react";
import type { ShownEvent } from "../api/events.ts";
import { HeadersTable } from "../ui/headers-table.tsx";
import panel from "../ui/panel.module.css";
import styles from "../ui/raw-json.module.css";
import { TextBlock } from "../ui/text-block.tsx";

/** What every delivery of it carries, folded: it is the same for all. */
export function Payload({ shown: { event, bodyText, bodyIsString } }: { readonly shown: ShownEvent }) {
  const headers = Object.keys(event.headers).length;
  return (
    <section aria-label="What it carries" className={panel.panel}>
      <Folded title="Body">
        {bodyText === undefined ? (
          <p className={panel.none}>The payload is missing.</p>
        ) : (
          <TextBlock label="Event body" text={bodyText} isJson={!bodyIsString} />
        )}
      </Folded>
      {headers > 0 && (
        <Folded title={`Headers (${headers})`}>
          <HeadersTable headers={event.headers} label="Event headers" />
        </Folded>
      )}
    </section>
  );
}

function Folded({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className={styles.summary}>{title}</summary>
      {isOpen && children}
    </details>
  );
}
