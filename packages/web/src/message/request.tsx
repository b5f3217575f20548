import type { ShownMessage } from "../api/messages.ts";
import { HeadersTable } from "../ui/headers-table.tsx";
import styles from "../ui/panel.module.css";
import { TextBlock } from "../ui/text-block.tsx";

/** What Homing sends with every attempt. */
export function Request({ shown }: { readonly shown: ShownMessage }) {
  const { message, bodyText, bodyIsString } = shown;
  const { headers = {} } = message;
  return (
    <section aria-labelledby="request" className={styles.panel}>
      <h2 id="request">Request</h2>
      {Object.keys(headers).length > 0 ? (
        <HeadersTable headers={headers} label="Request headers" />
      ) : (
        <p className={styles.none}>No headers besides those that Homing adds.</p>
      )}
      {bodyText === undefined ? (
        <p className={styles.none}>
          {message.targetUrl === undefined ? "The payload is missing." : "No body."}
        </p>
      ) : (
        <TextBlock
          label="Request body"
          text={bodyText}
          isJson={!bodyIsString}
          note={bodyIsString ? "sent as plain text" : "sent compact"}
        />
      )}
    </section>
  );
}
