import { useState } from "react";
import { useLocation } from "wouter";
import { useAccess } from "../access/access.ts";
import { compactJson } from "../api/exact-json.ts";
import type { ShownMessage } from "../api/messages.ts";
import { announce } from "../ui/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { HeadersTable } from "../ui/headers-table.tsx";
import { CopyIcon } from "../ui/more-icons.tsx";
import styles from "../ui/panel.module.css";
import { TextBlock } from "../ui/text-block.tsx";
import { curlOf } from "./request-as-sent.ts";

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
      {message.targetUrl !== undefined && <Again shown={shown} />}
    </section>
  );
}

/** The same request once more: by hand, or as a new message. */
function Again({ shown: { message, bodyText, bodyIsString } }: { readonly shown: ShownMessage }) {
  const { canSend } = useAccess();
  const [, navigate] = useLocation();
  const [isCopied, setIsCopied] = useState(false);
  const text = bodyText === undefined || bodyIsString ? bodyText : compactJson(bodyText);
  const copy = async () => {
    const command = curlOf(message, { text, isString: bodyIsString }, message.attempts.at(-1));
    try {
      await navigator.clipboard.writeText(command);
      setIsCopied(true);
      announce("Copied as cURL");
    } catch {
      announce("The browser does not allow copying.");
    }
  };
  return (
    <>
      <div className={styles.actions}>
        <Button small onClick={copy}>
          <CopyIcon />
          Copy as cURL
        </Button>
        {canSend && (
          <Button small onClick={() => navigate(`/messages/new?from=${message.messageId}`)}>
            Edit and send again…
          </Button>
        )}
      </div>
      {isCopied && (
        <p className={styles.none}>Copied, without a signature; values shown as *** have to be filled in.</p>
      )}
    </>
  );
}
